import { describe, expect, it } from 'vitest';
import type { Lab } from '#test/lab/lab.ts';
import { Person } from '../support/person.ts';
import { failuresOf } from './refusal.ts';
import { goodSpec, upChangingNothing } from './scene.ts';

/** What a look at the machines finds; an even number of etcd members is only warned of. */
export function machinesThatAreNotFit(lab: () => Lab): void {
  describe('a machine that is not fit', () => {
    const faults = {
      os: {
        machine: 'node-1',
        make: () =>
          lab().machine('node-1').run(`cp -a /etc/os-release /etc/os-release.kept
        rm /etc/os-release
        printf 'ID=plan9\\nID_LIKE=\\nVERSION_ID=4\\nPRETTY_NAME="Plan 9 (4th edition)"\\n' > /etc/os-release`),
        repair: async () => {
          await lab().machine('node-1').run('mv -f /etc/os-release.kept /etc/os-release');
        },
        found: [
          {
            code: 'preflight.os_unsupported',
            cause: 'node-1 runs Plan 9 (4th edition), which is not supported.',
            hint: expect.stringContaining('Use one of: Debian'),
          },
        ],
      },
      clock: {
        machine: 'node-2',
        make: () => lab().machine('node-2').setClockSkew(-3_600_000),
        repair: () => lab().machine('node-2').setClockSkew(0),
        found: [
          {
            code: 'preflight.clock_wrong',
            cause: expect.stringMatching(
              /^The clock of node-2 differs from this computer by -3\d\d\d(\.\d)? s; more than 60 s/,
            ),
            hint: expect.stringContaining('timedatectl set-ntp true'),
          },
        ],
      },
      disk: {
        machine: 'node-3',
        make: () => lab().machine('node-3').fillDisk(),
        repair: () => lab().machine('node-3').freeDisk(),
        found: ['/var/lib/docker', '/var/lib/etcd', '/var/lib/kubelet'].map((path) => ({
          code: 'preflight.disk_full',
          cause: expect.stringMatching(
            new RegExp(`^node-3 has \\d+ MiB free for ${path}, but .* needs at least \\d+ MiB\\.$`),
          ),
          hint: expect.stringContaining(`Free space on the file system of ${path} on node-3`),
        })),
      },
    };

    const names = ['os', 'clock', 'disk'] as const;

    it.each([
      { what: 'an unsupported operating system', broken: ['os'] },
      { what: 'a wrong clock', broken: ['clock'] },
      { what: 'a full disk', broken: ['disk'] },
      { what: 'one of these each', broken: names },
    ] as const)('is refused with the problem and its remedy: $what', async ({ broken }) => {
      await using repair = new AsyncDisposableStack();
      for (const name of broken) {
        repair.defer(faults[name].repair);
        await faults[name].make();
      }
      const ended = await upChangingNothing(lab(), goodSpec(lab()));
      const found = Object.entries(failuresOf(ended)).map(([step, { code, chain }]) => ({
        step,
        code,
        problems: chain.map((problem) => ({ code: problem.code, cause: problem.cause, hint: problem.hint })),
      }));
      expect({ exitCode: ended.exitCode, found: found.sort((a, b) => (a.step < b.step ? -1 : 1)) }).toEqual({
        exitCode: 4,
        found: broken.map((name) => ({
          step: `open-ssh/${faults[name].machine}`,
          code: 'preflight.machine_unfit',
          problems: faults[name].found,
        })),
      });
    });
  });

  describe('an even number of etcd members', () => {
    it('is warned of and not refused', async () => {
      await using person = await Person.arrive();
      const spec = { ...goodSpec(lab()), machines: goodSpec(lab()).machines.slice(0, 2) };
      const ended = await person.slipway('plan', '-f', await person.writeSpec('bad', spec), '--json');
      const plan = ended.lines.find(({ type }) => type === 'plan');
      expect({ exitCode: ended.exitCode, plan }).toEqual({
        exitCode: 0,
        plan: expect.objectContaining({
          warnings: expect.arrayContaining([
            '2 machines have the role etcd. An even number survives no more failures than 1 would; use 1 or 3.',
          ]),
        }),
      });
    });
  });
}
