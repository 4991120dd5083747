import { describe, expect, it } from 'vitest';
import { hostsEnough, type HostsWish } from '#main/vsphere/preflight/hosts-enough.ts';

const usable = ['a', 'b', 'c'].map((name) => ({ path: `/DC0/host/c/${name}` }));

function problems(pool: Partial<HostsWish['pool']>, wish: Partial<HostsWish> = {}): readonly string[] {
  const cluster = { path: '/DC0/host/c', kind: 'cluster', drs: true } as const;
  const all = { pool: { name: 'worker', count: 3, antiAffinity: 'must' as const, ...pool }, cluster, usable, out: [] };
  return hostsEnough({ ...all, ...wish }).map(({ severity, problem }) => `${severity}: ${problem}`);
}

describe('the hosts of a pool', () => {
  it('are enough for one machine each', () => {
    expect(problems({})).toEqual([]);
  });

  it('must be as many as the machines that must not share one, and should be for those that should not', () => {
    expect(problems({ count: 4 })).toEqual([expect.stringMatching(/^error: its 4 machines must be .* has 3 hosts/)]);
    expect(problems({ count: 4, antiAffinity: 'should' })).toEqual([
      expect.stringMatching(/^warning: its 4 machines should/),
    ]);
    expect(problems({ count: 4, antiAffinity: 'none' })).toEqual([]);
  });

  it('are kept apart by nobody where DRS is off', () => {
    const off = { cluster: { path: '/DC0/host/c', kind: 'cluster', drs: false } } as const;
    expect(problems({}, off)).toEqual([expect.stringContaining('DRS is off')]);
    expect(problems({ count: 1 }, off)).toEqual([]);
    expect(problems({ antiAffinity: 'none' }, off)).toEqual([]);
  });

  it('are named when they take no machines', () => {
    const out = [
      { path: '/DC0/host/c/d', connected: false },
      { path: '/DC0/host/c/e', connected: true },
    ];
    expect(problems({}, { out })).toEqual([
      'warning: vCenter has lost the connection to it: it gets no machines.',
      'warning: it is in maintenance mode: it gets no machines.',
    ]);
  });
});
