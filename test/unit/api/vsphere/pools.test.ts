import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { listPools } from '#main/api/vsphere/pools.ts';
import type { VmRecord } from '#main/cluster/provision/vm-record.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

const unresolved = () => Promise.reject(new Error('not asked for'));
const ref = (type: string, id: string) => ({ type, id });

const spec = v.parse(ClusterSpec, {
  apiVersion: 'slipway.dev/v1',
  kind: 'Cluster',
  metadata: { name: 'home' },
  spec: {
    vsphere: { credential: 'lab' },
    pools: [{ name: 'workers', template: 'small', count: 3, roles: ['worker'] }],
  },
});

const vm: VmRecord = {
  pool: 'workers',
  index: 0,
  instanceUuid: 'uuid-1',
  address: '',
  staticAddresses: [],
  hostKey: '',
  placement: null,
  cloned: false,
  booted: false,
};
const placement = {
  datacenter: ref('Datacenter', 'dc-1'),
  source: ref('VirtualMachine', 'vm-1'),
  folder: ref('Folder', 'group-1'),
  pool: ref('ResourcePool', 'pool-1'),
  host: ref('HostSystem', 'host-7'),
  datastore: ref('Datastore', 'datastore-1'),
  datastoreName: 'fast',
  cluster: null,
};

describe('listPools', () => {
  it('shows wished machines and how far each one is, in the order of the pool', async () => {
    const { world, store, addCluster } = openWorld();
    addCluster('without-pools');
    const { id } = store.clusters.create({ spec, release: 'v1.36.3' });
    const inventory = store.inventoryFor(id, unresolved);
    await inventory.putVm('a-second', { ...vm, index: 1, placement });
    await inventory.putVm('b-first', {
      ...vm,
      placement: { ...placement, hostName: 'esx-7' },
      cloned: true,
      booted: true,
      address: '10.0.0.1',
    });
    expect(listPools(world, undefined)).toEqual([
      {
        ...{ cluster: 'home', pool: 'workers', template: 'small', roles: ['worker'], wanted: 3 },
        machines: [
          {
            ...{ name: 'b-first', instanceUuid: 'uuid-1', host: 'esx-7', datastore: 'fast' },
            ...{ address: '10.0.0.1', state: 'booted' },
          },
          {
            ...{ name: 'a-second', instanceUuid: 'uuid-1', host: 'host-7', datastore: 'fast' },
            ...{ address: '', state: 'placed' },
          },
        ],
      },
    ]);
    expect(listPools(world, 'without-pools')).toEqual([]);
  });

  it('shows machines of a pool that the spec no longer has', async () => {
    const { world, store } = openWorld();
    const { id } = store.clusters.create({ spec, release: 'v1.36.3' });
    await store.inventoryFor(id, unresolved).putVm('m', { ...vm, pool: 'gone', cloned: true });
    const pools = listPools(world, 'home').map(({ pool, wanted, machines }) => [pool, wanted, machines[0]?.state]);
    expect(pools).toEqual([
      ['workers', 3, undefined],
      ['gone', 0, 'made'],
    ]);
  });
});
