import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Choice } from '#main/vsphere/inventory/choices.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { byNameOrPath, search } from '#main/vsphere/inventory/search.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { failureOf, openVcenter, signal } from './open.ts';

const paths = (choices: readonly Choice[]): readonly string[] => choices.map(({ path }) => path);

describe('a small vCenter', () => {
  let lab: LabVcenter;
  let vcenter: Vcenter;

  beforeAll(async () => {
    lab = await LabVcenter.start({ datacenters: 2, hosts: 2 });
    vcenter = await openVcenter(lab);
  });
  afterAll(async () => {
    await vcenter[Symbol.asyncDispose]();
    await lab[Symbol.asyncDispose]();
  });
  beforeEach(() => lab.control.reset());

  it('offers everything a machine can be placed on, by path', async () => {
    const places = await openInventory(vcenter).places(signal);
    const first = (choices: readonly Choice[]) => paths(choices).filter((path) => path.startsWith('/DC0'));
    expect(paths(places.datacenters)).toEqual(['/DC0', '/DC1']);
    expect({
      folders: first(places.folders),
      clusters: first(places.clusters),
      hosts: first(places.hosts),
      pools: first(places.pools),
      datastores: first(places.datastores),
      datastoreClusters: first(places.datastoreClusters),
      networks: first(places.networks),
    }).toEqual({
      folders: expect.arrayContaining(['/DC0/vm']),
      clusters: ['/DC0/host/DC0_C0'],
      hosts: ['/DC0/host/DC0_C0/DC0_C0_H0', '/DC0/host/DC0_C0/DC0_C0_H1'],
      pools: ['/DC0/host/DC0_C0/Resources', '/DC0/host/DC0_C0/Resources/DC0_C0_RP1'],
      datastores: expect.arrayContaining(['/DC0/datastore/LocalDS_0']),
      datastoreClusters: ['/DC0/datastore/DC0_POD0'],
      // Without the uplinks of DVS0.
      networks: [
        ...['/DC0/network/DC0_DVPG0', '/DC0/network/DC0_DVPG1', '/DC0/network/DC0_NSX0'],
        ...['/DC0/network/DC0_NSXPG0', '/DC0/network/VM Network'],
      ],
    });
  });

  it('tells what a wizard has to know of them', async () => {
    const places = await openInventory(vcenter).places(signal);
    const one = <T extends Choice>(choices: readonly T[], path: string): T => {
      const [found, ...others] = byNameOrPath(choices, path);
      if (!found || others.length > 0) throw new Error(`${path} is not one.`);
      return found;
    };
    const cluster = one(places.clusters, '/DC0/host/DC0_C0');
    const datacenter = one(places.datacenters, '/DC0').ref;
    expect(cluster).toMatchObject({ kind: 'cluster', hosts: 2, datacenter });
    expect(cluster.rootPool).toEqual(one(places.pools, '/DC0/host/DC0_C0/Resources').ref);
    expect(cluster.datastores).toContainEqual(one(places.datastores, '/DC0/datastore/LocalDS_0').ref);
    expect(one(places.hosts, '/DC0/host/DC0_C0/DC0_C0_H0')).toMatchObject({ cluster: cluster.ref, connected: true });
    expect(one(places.networks, '/DC0/network/DC0_DVPG0')).toMatchObject({
      kind: 'distributed',
      switchUuid: expect.stringMatching(/.{20,}/),
      portgroupKey: expect.stringMatching(/^dvportgroup-/),
    });
    expect(one(places.networks, '/DC0/network/DC0_NSX0')).toMatchObject({
      kind: 'opaque',
      opaqueType: 'nsx.LogicalSwitch',
      opaqueId: expect.stringMatching(/.{20,}/),
    });
    expect(one(places.networks, '/DC0/network/VM Network').kind).toBe('standard');
    const pooled = places.datastores.filter(({ pod }) => pod !== undefined);
    expect(pooled.map(({ pod, path }) => [pod?.type, path.includes('_POD0/')])).toEqual([['StoragePod', true]]);
    expect(pooled[0]?.capacityBytes).toBeGreaterThan(2 ** 30);
  });

  it('tells templates from VMs, and shows names as people write them', async () => {
    const vms = await openInventory(vcenter).vms(signal);
    const templates = vms.filter((vm) => vm.template).map(({ name, path }) => ({ name, path }));
    expect(templates.sort((a, b) => a.path.localeCompare(b.path))).toEqual([
      { name: 'ubuntu-24.04', path: '/DC0/vm/prod%2fblue/ubuntu-24.04' },
      { name: 'debian-13', path: '/DC0/vm/templates/debian-13' },
    ]);
    const { folders } = await openInventory(vcenter).places(signal);
    expect(folders.map(({ name }) => name)).toContain('prod/blue');
  });

  it('tells more of the VMs that were found, in one call, and nothing of those that are gone', async () => {
    const inventory = openInventory(vcenter);
    const vms = await inventory.vms(signal);
    const refs = vms.map(({ ref }) => ref);
    await lab.control.reset();
    const details = await inventory.vmDetails(refs, signal);
    expect((await lab.control.calls()).methods).toEqual({ RetrievePropertiesEx: 1 });
    const [debian] = byNameOrPath(vms, '/DC0/vm/templates/debian-13');
    expect(details.get(debian?.ref.id ?? '')).toEqual({
      guestId: 'debian12_64Guest',
      poweredOn: false,
      snapshot: true,
    });
    expect([...details.values()].filter(({ poweredOn }) => poweredOn)).toHaveLength(2);
    const gone = { type: 'VirtualMachine', id: 'vm-gone' };
    const [first, ...others] = refs;
    const stillThere = await inventory.vmDetails(first ? [first, gone, ...others] : [gone], signal);
    expect([...stillThere.keys()].sort()).toEqual([...details.keys()].sort());
  });

  it('is asked for nothing before it is needed, and once', async () => {
    const inventory = openInventory(vcenter);
    expect((await lab.control.calls()).methods).toEqual({});
    await Promise.all([inventory.places(signal), inventory.places(signal), inventory.vms(signal)]);
    const once = { CreateContainerView: 2, RetrievePropertiesEx: 2, DestroyView: 2 };
    expect((await lab.control.calls()).methods).toEqual(once);
    await inventory.places(signal);
    expect((await lab.control.calls()).methods).toEqual(once);
    inventory.forget();
    await inventory.places(signal);
    expect((await lab.control.calls()).methods['RetrievePropertiesEx']).toBe(3);
  });

  it('is asked again after a look that failed', async () => {
    const inventory = openInventory(vcenter);
    await lab.control.addRule({ method: 'RetrievePropertiesEx', status: 503, times: 1 });
    expect((await failureOf(inventory.vms(signal))).code).toBe('vsphere.not_ready');
    expect(await inventory.vms(signal)).not.toEqual([]);
  });

  it('can be searched by words of name and path', async () => {
    const vms = await openInventory(vcenter).vms(signal);
    expect(search(vms, 'UBUNTU blue').map(({ name }) => name)).toEqual(['ubuntu-24.04']);
    expect(search(vms, 'prod/blue')).toEqual([]); // the path has it escaped; "blue" finds it
    expect(search(vms, '')).toBe(vms);
  });
});

describe('a vCenter with ten thousand VMs', () => {
  const count = 10_000;
  let lab: LabVcenter;

  beforeAll(async () => {
    lab = await LabVcenter.start({ vms: count });
  }, 120_000);
  afterAll(() => lab[Symbol.asyncDispose]());

  it('gives all places in 3 calls, without a word on the VMs', async () => {
    await using vcenter = await openVcenter(lab);
    await lab.control.reset();
    const places = await openInventory(vcenter).places(signal);
    expect(places.folders.filter(({ name }) => name.startsWith('team-'))).toHaveLength(50);
    const { methods, answerBytes } = await lab.control.calls();
    expect(methods).toEqual({ CreateContainerView: 1, RetrievePropertiesEx: 1, DestroyView: 1 });
    expect(answerBytes).toBeLessThan(150_000);
  });

  it('gives all VMs in pages, in a known number of calls and bytes', async () => {
    await using vcenter = await openVcenter(lab);
    const inventory = openInventory(vcenter);
    await inventory.places(signal);
    await lab.control.reset();
    const vms = await inventory.vms(signal);
    expect(vms).toHaveLength(count + 3);
    expect(search(vms, 'team-07 vm-01400').map(({ path }) => path)).toEqual(['/DC0/vm/team-07/vm-01400']);
    const { methods, answerBytes } = await lab.control.calls();
    expect(methods).toEqual({
      CreateContainerView: 1,
      RetrievePropertiesEx: 1,
      ContinueRetrievePropertiesEx: Math.ceil((count + 3) / 250) - 1,
      DestroyView: 1,
    });
    // The simulator repeats a namespace in each value; vCenter's answer is two thirds of this.
    expect(answerBytes / count).toBeLessThan(750);
  });

  it('begins again when the session ends between two pages', async () => {
    await using vcenter = await openVcenter(lab);
    const inventory = openInventory(vcenter);
    await inventory.places(signal);
    const fault = { type: 'NotAuthenticated' };
    await lab.control.addRule({ method: 'ContinueRetrievePropertiesEx', skip: 2, times: 1, fault });
    expect(await inventory.vms(signal)).toHaveLength(count + 3);
  });
});
