import { describe, expect, it } from 'vitest';
import type { Lab } from '#test/lab/lab.ts';
import { eventsOf, type Ended } from '../support/person.ts';
import { failuresOf, triedAgain } from './refusal.ts';
import { goodSpec, upChangingNothing, type Spec } from './scene.ts';

/** Off, behind a firewall, without sshd. */
export function machinesThatDoNotAnswer(lab: () => Lab): void {
  describe('machines that do not answer', () => {
    it('are all named at once, after one attempt each that takes no longer than the deadline of 15 s', async () => {
      const [first, second, third] = [lab().machine('node-1'), lab().machine('node-2'), lab().machine('node-3')];
      const nobody = first.address.replace(/\.\d+\.\d+$/, '.255.250');
      await using repair = new AsyncDisposableStack();
      await second.run(['systemctl', 'stop', 'ssh']);
      repair.defer(() => second.run(['systemctl', 'start', 'ssh']).then(() => second.untilReady()));
      await third.blockPort(thisComputer(lab()), 22);
      repair.defer(() => third.unblockPort(thisComputer(lab()), 22));
      const spec = goodSpec(lab());
      const machines: Spec['machines'] = [...spec.machines, { name: 'node-4', address: nobody, roles: ['worker'] }];

      const ended = await upChangingNothing(lab(), { ...spec, machines });

      expect(failuresOf(ended)).toEqual({
        'open-ssh/node-2': expect.objectContaining({
          code: 'ssh.refused',
          cause: `${second.address} refuses connections to port 22.`,
          hint: 'Check that sshd runs there and listens on port 22.',
        }),
        'open-ssh/node-3': expect.objectContaining({
          code: 'ssh.unreachable',
          cause: `No SSH answer from ${third.address}:22 within 15000 ms.`,
          hint: expect.stringContaining('powered on'),
        }),
        'open-ssh/node-4': expect.objectContaining({ code: 'ssh.unreachable', target: 'node-4' }),
      });
      expect({ exitCode: ended.exitCode, triedAgain: triedAgain(ended, 'open-ssh') }).toEqual({
        exitCode: 4,
        triedAgain: [],
      });
      expect(waits(ended).every((waitedMs) => waitedMs <= 15_000)).toBe(true);
    });

    it('behind a bastion that does are given up after the same deadline, not after that of its kernel', async () => {
      const [bastion, second] = [lab().machine('node-1'), lab().machine('node-2')];
      await using repair = new AsyncDisposableStack();
      await second.blockPort(bastion.address, 22);
      repair.defer(() => second.unblockPort(bastion.address, 22));
      const spec = goodSpec(lab());
      const { address, hostKey } = bastion;
      const ended = await upChangingNothing(lab(), {
        ...spec,
        ssh: { ...spec.ssh, bastion: { address, hostKey } },
        timeouts: { connect: 3 },
      });
      expect(failuresOf(ended)).toEqual({
        'open-ssh/node-2': expect.objectContaining({
          code: 'ssh.unreachable',
          target: 'node-2',
          params: { address: second.address, port: 22, waitedMs: 3000 },
        }),
      });
    });
  });
}

/** As the machines see it. */
function thisComputer(lab: Lab): string {
  return lab.registries.plain.address.split(':')[0] ?? '';
}

/** How long each machine was waited for that did not answer, in ms. */
function waits(ended: Ended): readonly number[] {
  return eventsOf(ended).flatMap((event) =>
    event.type === 'step.failed' && event.error.code === 'ssh.unreachable'
      ? [Number(event.error.params['waitedMs'])]
      : [],
  );
}
