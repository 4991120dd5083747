import { describe, expect, it } from 'vitest';
import type { Lab } from '#test/lab/lab.ts';
import { newKeyPair } from '#test/lab/ssh-keys.ts';
import { until } from '#test/lab/until.ts';
import { Person } from '../support/person.ts';
import { failuresOf, triedAgain } from './refusal.ts';
import { goodSpec, upChangingNothing, type Spec } from './scene.ts';

/** By the machine, or by us. */
export function loginsThatAreRefused(lab: () => Lab): void {
  describe('a login that is refused', () => {
    it('by a machine that does not know the key is tried once and never again', async () => {
      await using person = await Person.arrive();
      const key = await person.write('stranger', newKeyPair('stranger').privateKey);
      const machines = goodSpec(lab()).machines.map((machine) =>
        machine.name === 'node-2' ? { ...machine, auth: { kind: 'key', key: `file:${key}` } as const } : machine,
      );
      const { address } = lab().machine('node-2');
      const before = await refusedLogins(lab());
      const ended = await upChangingNothing(lab(), { ...goodSpec(lab()), machines }, person);
      expect({
        exitCode: ended.exitCode,
        failures: failuresOf(ended),
        triedAgain: triedAgain(ended, 'open-ssh'),
      }).toEqual({
        exitCode: 4,
        failures: {
          'open-ssh/node-2': expect.objectContaining({
            code: 'ssh.key_rejected',
            cause: `${address} refused the SSH key of user root.`,
            hint: expect.stringContaining('Add the public key to ~root/.ssh/authorized_keys on the machine'),
          }),
        },
        triedAgain: [],
      });
      // The preparation and the step share one login. sshd writes it down when it notices that we hung up.
      const after = await until('sshd tells of the login', 10_000, async () => {
        const logins = await refusedLogins(lab());
        return logins > before ? logins : undefined;
      });
      expect(after - before).toBe(1);
    });

    it.each([
      { known: 'from the spec', given: true },
      { known: 'since its first use', given: false },
    ])('by us, because a host key known $known has changed, stops everything and shows both', async ({ given }) => {
      await using person = await Person.arrive();
      const machine = lab().machine('node-3');
      const known = machine.hostKeyFingerprint;
      const spec = given ? goodSpec(lab()) : withoutHostKeys(goodSpec(lab()));
      // Pins the keys that are not in the spec.
      await person.succeed('plan', '-f', await person.writeSpec('bad', spec), '--accept-host-keys');
      await machine.regenerateHostKey();

      const ended = await upChangingNothing(lab(), spec, person);

      expect({ exitCode: ended.exitCode, failures: failuresOf(ended) }).toEqual({
        exitCode: 4,
        failures: {
          'open-ssh/node-3': expect.objectContaining({
            code: 'ssh.host_key_changed',
            cause:
              `The host key of ${machine.address} has changed: ` +
              `expected ${known}, found ${machine.hostKeyFingerprint}.`,
            hint: expect.stringContaining('Only if you know that the machine was made anew, set its hostKey'),
          }),
        },
      });
    });
  });
}

function withoutHostKeys(spec: Spec): Spec {
  return { ...spec, machines: spec.machines.map(({ hostKey: _given, ...rest }) => rest) };
}

/** So far, by node-2's own log. */
async function refusedLogins(lab: Lab): Promise<number> {
  const log = await lab.machine('node-2').run('journalctl --sync; journalctl --no-pager -o cat -u ssh');
  return log.split('\n').filter((line) => /^Connection (closed|reset) by authenticating user/.test(line)).length;
}
