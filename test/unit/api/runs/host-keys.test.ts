import { describe, expect, it } from 'vitest';
import { HostKeyApproval } from '#main/api/runs/host-keys.ts';
import type { UnknownHostKey } from '#main/api/runs/interaction.ts';
import { connectionSettings } from '#main/machines/ssh/settings.ts';
import type { ConnectionSettings } from '#main/machines/ssh/settings.ts';
import { everyRole, specOf } from '#test/fakes/cluster.ts';

/** Machines m1, m2 and m3, behind a bastion or not. */
function settingsOf(bastion: { readonly address: string } | undefined): ReadonlyMap<string, ConnectionSettings> {
  const { spec } = specOf([everyRole, ['worker'], ['worker']], bastion ? { ssh: { bastion } } : {});
  return new Map(spec.machines.map((machine) => [machine.name, connectionSettings(spec, machine)]));
}

function opened(answer: () => Promise<boolean> = () => Promise.resolve(true), bastion?: { readonly address: string }) {
  const asked: (readonly UnknownHostKey[])[] = [];
  const approveHostKeys = (keys: readonly UnknownHostKey[]): Promise<boolean> => {
    asked.push(keys);
    return answer();
  };
  const approval = new HostKeyApproval({ approveHostKeys }, settingsOf(bastion));
  return { approval, names: () => asked.map((keys) => keys.map(({ machine }) => machine)), asked };
}

const shortly = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('unknown host keys', () => {
  it('are shown all at once, by name, when the slowest machine has come to its own', async () => {
    const { approval, asked } = opened();
    const slow = Promise.withResolvers<undefined>();
    const connecting = approval.connectAll(async (machine) => {
      if (machine === 'm1') await slow.promise;
      await approval.approve(machine, `SHA256:${machine}`, 'ssh-ed25519');
    });
    await shortly();
    expect(asked).toEqual([]);
    slow.resolve(undefined);
    await connecting;
    const key = (machine: string, address: string) => {
      return { machine, address, keyType: 'ssh-ed25519', fingerprint: `SHA256:${machine}` };
    };
    expect(asked).toEqual([[key('m1', '10.0.0.1'), key('m2', '10.0.0.2'), key('m3', '10.0.0.3')]]);
  });

  it('are asked about without the machines that cannot be reached or need no answer', async () => {
    const { approval, names } = opened();
    await approval.connectAll(async (machine) => {
      if (machine === 'm1') throw new Error('no route');
      if (machine === 'm2') await approval.approve(machine, 'SHA256:2', 'ssh-ed25519');
    });
    expect(names()).toEqual([['m2']]);
  });

  it('of a bastion are asked about first, once for all machines behind it', async () => {
    const { approval, names, asked } = opened(undefined, { address: 'jump.example' });
    // As the connections do it: one to the bastion for all.
    let jump: Promise<boolean> | undefined;
    await approval.connectAll(async (machine) => {
      await (jump ??= approval.approve('bastion jump.example', 'SHA256:jump', 'ssh-ed25519'));
      await approval.approve(machine, `SHA256:${machine}`, 'ssh-ed25519');
    });
    expect(names()).toEqual([['bastion jump.example'], ['m1', 'm2', 'm3']]);
    expect(asked[0]?.[0]?.address).toBe('jump.example');
  });

  it('that differ for one name are never both approved', async () => {
    const { approval, names } = opened();
    const answers: boolean[] = [];
    await approval.connectAll(async (machine) => {
      if (machine !== 'm1') return;
      const both = ['SHA256:first', 'SHA256:second'].map((each) => approval.approve('m1', each, 'ssh-ed25519'));
      answers.push(...(await Promise.all(both)));
    });
    expect([answers, names()]).toEqual([[false, true], [['m1']]]);
  });

  it('that are refused reach every machine as refused', async () => {
    const { approval } = opened(() => Promise.resolve(false));
    const answers: boolean[] = [];
    await approval.connectAll(async (machine) => {
      answers.push(await approval.approve(machine, 'SHA256:x', 'ssh-ed25519'));
    });
    expect(answers).toEqual([false, false, false]);
  });

  it('fail every waiting machine with the reason when nobody could be asked', async () => {
    const { approval } = opened(() => Promise.reject(new Error('the terminal is gone')));
    const reasons: unknown[] = [];
    await approval.connectAll(async (machine) => {
      await approval.approve(machine, 'SHA256:x', 'ssh-ed25519').catch((thrown: unknown) => reasons.push(thrown));
    });
    expect(reasons.map(String)).toEqual(Array.from({ length: 3 }, () => 'Error: the terminal is gone'));
  });

  it('that come up later in the run are asked about at once', async () => {
    const { approval, names } = opened();
    await approval.connectAll(() => Promise.resolve());
    expect(await approval.approve('m3', 'SHA256:new', 'ssh-ed25519')).toBe(true);
    expect(names()).toEqual([['m3']]);
  });
});
