import { describe, expect, it } from 'vitest';
import { portPairs } from '#main/cluster/network/port-matrix.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import type { Role } from '#shared/spec/cluster.ts';

const lines = (roles: readonly (readonly Role[])[], more = {}): readonly string[] =>
  portPairs(clusterOf(roles, more)).map(({ from, to, protocol, port }) => `${from} > ${to} ${protocol}/${port}`);

describe('portPairs', () => {
  it('covers RKE’s matrix and what it left out, for one machine of each role', () => {
    expect(lines([['etcd'], ['controlplane'], ['worker']])).toEqual([
      'm1 > m2 tcp/6443',
      'm1 > m2 udp/8472',
      'm1 > m3 udp/8472',
      'm2 > m1 tcp/2379',
      'm2 > m1 tcp/10250',
      'm2 > m1 udp/8472',
      'm2 > m3 tcp/10250',
      'm2 > m3 udp/8472',
      'm3 > m1 tcp/10250',
      'm3 > m1 udp/8472',
      'm3 > m2 tcp/6443',
      'm3 > m2 tcp/10250',
      'm3 > m2 udp/8472',
    ]);
  });

  it('checks both etcd ports between members in both directions', () => {
    const pairs = lines([everyRole, everyRole]).filter((line) => line.includes('/23'));
    expect(pairs).toEqual(['m1 > m2 tcp/2379', 'm1 > m2 tcp/2380', 'm2 > m1 tcp/2379', 'm2 > m1 tcp/2380']);
  });

  it('needs nothing from a machine to itself', () => {
    expect(lines([everyRole])).toEqual([]);
  });

  it('uses the overlay port of the spec, and none without a network plugin', () => {
    const roles = [everyRole, ['worker']] as const;
    expect(lines(roles, { network: { vxlanPort: 4789 } })).toContain('m1 > m2 udp/4789');
    expect(lines(roles, { network: { plugin: 'none' } }).filter((line) => line.includes('udp'))).toEqual([]);
  });

  it('keeps the checks of each worker bounded in a cluster of a thousand', () => {
    const roles = [everyRole, everyRole, everyRole, ...Array.from({ length: 997 }, () => ['worker'] as const)];
    const pairs = portPairs(clusterOf(roles, { network: { podCidr: '172.16.0.0/12' } }));
    const perSource = Map.groupBy(pairs, ({ from }) => from);
    expect(
      Math.max(...[...perSource].filter(([name]) => !['m1', 'm2', 'm3'].includes(name)).map(([, own]) => own.length)),
    ).toBe(9);
    const kubelets = new Set(pairs.filter(({ port }) => port === 10250).map(({ to }) => to));
    expect(kubelets.size).toBe(1000);
  });
});
