import { describe, expect, it } from 'vitest';
import type { VmRecord } from '#main/cluster/provision/vm-record.ts';
import { openStore, specNamed } from './home-for-test.ts';

const unresolved = () => Promise.reject(new Error('not asked for'));

const vm: VmRecord = {
  pool: 'workers',
  index: 0,
  instanceUuid: '503a0000-0000-4000-8000-000000000001',
  address: '',
  staticAddresses: [''],
  hostKey: 'ssh-ed25519 AAAA1',
  placement: null,
  cloned: false,
  booted: false,
};

function twoClusters() {
  const { store } = openStore();
  const [a = '', b = ''] = ['a', 'b'].map((name) => {
    return store.clusters.create({ spec: specNamed(name), release: 'v1.36.3' }).id;
  });
  return { store, ids: { a, b }, a: store.inventoryFor(a, unresolved), b: store.inventoryFor(b, unresolved) };
}

describe('the VMs of a cluster', () => {
  it('never share a static address with those of another cluster, however late that one came', async () => {
    const { a, b } = twoClusters();
    const fixed = { ...vm, address: '10.0.0.11', staticAddresses: ['10.0.0.11'] };
    await a.putVm('m-1', fixed);
    await expect(b.putVm('m-1', fixed)).rejects.toMatchObject({ data: { code: 'store.address_taken' } });
    expect(await b.vms()).toEqual(new Map());
    await a.putVm('m-1', { ...fixed, hostKey: 'ssh-ed25519 AAAA2' });
  });

  it('are kept by machine, the newest record of each, and apart from those of other clusters', async () => {
    const { store, ids, a, b } = twoClusters();
    await a.putVm('m-2', vm);
    await a.putVm('m-1', vm);
    await a.putVm('m-1', { ...vm, cloned: true });
    expect(await a.vms()).toEqual(
      new Map([
        ['m-1', { ...vm, cloned: true }],
        ['m-2', vm],
      ]),
    );
    expect(await a.vm('m-1')).toEqual({ ...vm, cloned: true });
    expect(store.viewOf(ids.a).vms()).toEqual(await a.vms());
    expect([await b.vm('m-1'), await b.vms()]).toEqual([undefined, new Map()]);
  });

  it('keep what else is known of the machine', async () => {
    const { a } = twoClusters();
    await a.putNodeConfig('m-1', { a: 1 });
    await a.putVm('m-1', vm);
    expect(await a.nodeConfig('m-1')).toEqual({ a: 1 });
  });

  it('are forgotten with all that was known of the machine and the host key that we made for it', async () => {
    const { store, a } = twoClusters();
    const host = { address: '192.0.2.10', port: 22, hostKey: vm.hostKey, approval: 'made-by-us' } as const;
    store.knownHosts.pin([host, { ...host, address: '192.0.2.11', hostKey: 'ssh-ed25519 AAAA2' }]);
    await a.putVm('m-1', vm);
    await a.putNodeConfig('m-1', { a: 1 });
    await a.forgetVm('m-1');
    await a.forgetVm('m-1');
    expect([await a.vm('m-1'), await a.nodeConfig('m-1')]).toEqual([undefined, undefined]);
    expect(store.knownHosts.list().map(({ address }) => address)).toEqual(['192.0.2.11']);
  });

  it('never take a machine with them that the person gave', async () => {
    const { a } = twoClusters();
    await a.putNodeConfig('given', { a: 1 });
    await a.forgetVm('given');
    expect(await a.nodeConfig('given')).toEqual({ a: 1 });
  });

  it('hold addresses that other clusters must not give out again', async () => {
    const { store, ids, a, b } = twoClusters();
    await a.putVm('m-1', { ...vm, staticAddresses: ['', '192.0.2.10'] });
    await a.putVm('m-2', { ...vm, address: '192.0.2.30' }); // from DHCP
    await b.putVm('m-1', { ...vm, staticAddresses: ['192.0.2.20'] });
    expect([store.assignedAddresses(ids.a), store.assignedAddresses(ids.b), store.assignedAddresses('c-new')]).toEqual([
      new Set(['192.0.2.20']),
      new Set(['192.0.2.10']),
      new Set(['192.0.2.10', '192.0.2.20']),
    ]);
  });

  it('keep a cluster from being removed once they were cloned; removing it takes their host keys with it', async () => {
    const { store, ids, a } = twoClusters();
    store.knownHosts.pin([{ address: '192.0.2.10', port: 22, hostKey: vm.hostKey, approval: 'made-by-us' }]);
    await a.putVm('m-1', { ...vm, cloned: true });
    expect(() => store.clusters.remove(ids.a)).toThrow(/VM m-1/);
    store.clusters.remove(ids.a, { forgetWhatExists: true });
    expect(store.knownHosts.list()).toEqual([]);
  });
});
