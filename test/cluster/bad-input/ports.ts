import { describe, expect, it } from 'vitest';
import type { Lab } from '#test/lab/lab.ts';
import { Person } from '../support/person.ts';
import { failuresOf } from './refusal.ts';
import { goodSpec } from './scene.ts';

/** The only fault that cannot be seen before Docker is there: what listens and what connects are containers. */
export function portsThatAreBlocked(lab: () => Lab): void {
  describe('ports that are blocked between machines', () => {
    it('are all named in one report; no plane is begun and nothing of the check is left', async () => {
      const blocked = [
        { from: 'node-1', to: 'node-2', port: 2379, protocol: 'tcp' },
        { from: 'node-1', to: 'node-2', port: 10250, protocol: 'tcp' },
        { from: 'node-2', to: 'node-1', port: 6443, protocol: 'tcp' },
        { from: 'node-2', to: 'node-1', port: 8472, protocol: 'udp' },
      ] as const;
      // Two of them are enough, and installing Docker is what takes the time.
      const spec = { ...goodSpec(lab()), machines: goodSpec(lab()).machines.slice(0, 2) };
      await using person = await Person.arrive();
      await using repair = new AsyncDisposableStack();
      for (const { from, to, port, protocol } of blocked) {
        const { address } = lab().machine(from);
        await lab().machine(to).blockPort(address, port, protocol);
        repair.defer(() => lab().machine(to).unblockPort(address, port, protocol));
      }

      const ended = await person.slipway('up', '-f', await person.writeSpec('bad', spec), '--yes', '--json');

      const failures = failuresOf(ended);
      const report = failures['check-ports/bad'];
      expect({ exitCode: ended.exitCode, failed: Object.keys(failures), code: report?.code }).toEqual({
        exitCode: 4,
        failed: ['check-ports/bad'],
        code: 'port.blocked',
      });
      expect(report?.chain.map(({ params: { from, to, port, protocol } }) => ({ from, to, port, protocol }))).toEqual(
        blocked,
      );
      expect(report?.chain[0]).toMatchObject({
        code: 'port.pair_blocked',
        cause: expect.stringMatching(/^node-1 \([\d.]+\) → node-2 \([\d.]+\) tcp\/2379, .*: no answer within 3 s/),
        hint: `Let ${lab().machine('node-1').address} reach ${lab().machine('node-2').address} on tcp port 2379.`,
      });
      const left = await Promise.all(
        ['node-1', 'node-2'].map((name) =>
          lab()
            .machine(name)
            .run('docker ps --all --quiet; find /etc/kubernetes /var/lib/etcd -type f 2>/dev/null || true'),
        ),
      );
      expect(left).toEqual(['', '']);
    });
  });
}
