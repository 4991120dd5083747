import { describe, expect, it } from 'vitest';
import { expandPools, poolMachines } from '#main/cluster/provision/pools.ts';
import type { VmRecord } from '#main/cluster/provision/vm-record.ts';
import { poolOf, templateOf } from '#test/fakes/node-template.ts';

const record: VmRecord = {
  pool: 'workers',
  index: 0,
  instanceUuid: '5f0c1c8e-0000-5000-8000-000000000001',
  address: '10.0.0.10',
  staticAddresses: ['10.0.0.10'],
  hostKey: 'ssh-ed25519 AAAAhost',
  placement: null,
  cloned: true,
  booted: true,
};

describe('poolMachines', () => {
  it('names machines by the rule of their pool, counting from 1', () => {
    const pools = [poolOf(), poolOf({ name: 'etcd', count: 1, hostname: '{n}-{pool}-{pool}' })];
    expect(poolMachines('demo', pools).map(({ name, index }) => [name, index])).toEqual([
      ['demo-workers-1', 0],
      ['demo-workers-2', 1],
      ['1-etcd-etcd', 0],
    ]);
  });
});

describe('expandPools', () => {
  const pool = poolOf({ labels: { disk: 'ssd' }, taints: [{ key: 'a', effect: 'NoSchedule' }] });
  const cluster = { id: 'c-abcde', name: 'demo', spec: { pools: [pool], templates: [templateOf({ user: 'ops' })] } };

  it('gives machines as a person would have written them, without an address as long as there is none', () => {
    const machine = {
      roles: ['worker'],
      labels: { disk: 'ssd' },
      taints: [{ key: 'a', value: '', effect: 'NoSchedule' }],
      user: 'ops',
      port: 22,
      auth: { kind: 'key', key: 'vault:ssh/c-abcde' },
    };
    expect(expandPools(cluster, new Map([['demo-workers-1', record]]))).toEqual([
      { ...machine, name: 'demo-workers-1', address: '10.0.0.10', hostKey: 'ssh-ed25519 AAAAhost' },
      { ...machine, name: 'demo-workers-2', address: '' },
    ]);
  });
});
