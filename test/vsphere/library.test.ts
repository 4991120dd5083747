import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Placement } from '#main/cluster/vsphere-port.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { byNameOrPath } from '#main/vsphere/inventory/search.ts';
import { deployLibraryItem } from '#main/vsphere/library/deploy.ts';
import { deployedBefore } from '#main/vsphere/library/deployed-before.ts';
import { openLibraries } from '#main/vsphere/library/libraries.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { makeItem, makeLibrary, makeOvf, makeTemplateItem } from './library-scene.ts';
import { failureOf, openVcenter, signal } from './open.ts';
import { reconfigure } from './preflight-scene.ts';

let lab: LabVcenter;
let vcenter: Vcenter;
let placement: Placement;

beforeAll(async () => {
  lab = await LabVcenter.start();
  vcenter = await openVcenter(lab);
  const inventory = openInventory(vcenter);
  const { datacenters, folders, pools, datastores, clusters } = await inventory.places(signal);
  const one = <T>(found: readonly T[]): T => found[0] ?? fail();
  const template = one(byNameOrPath(await inventory.vms(signal), 'ubuntu-24.04')).ref;
  placement = {
    datacenter: one(datacenters).ref,
    source: template,
    folder: one(byNameOrPath(folders, '/DC0/vm')).ref,
    pool: one(byNameOrPath(pools, 'DC0_C0_RP1')).ref,
    host: null,
    datastore: one(byNameOrPath(datastores, 'LocalDS_0')).ref,
    datastoreName: 'LocalDS_0',
    cluster: one(clusters).ref,
  };
  const images = await makeLibrary(vcenter, 'images', placement.datastore);
  await makeOvf(vcenter, images, 'debian-13');
  await makeTemplateItem(vcenter, images, 'ubuntu-24', template, placement);
  await makeItem(vcenter, images, 'tools', 'iso');
  await makeLibrary(vcenter, 'an empty one', placement.datastore);
});
afterAll(async () => {
  await vcenter[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});
afterEach(async () => {
  expect((await lab.control.calls()).invalid).toEqual([]);
});

function fail(): never {
  throw new Error('The inventory of the lab is another one.');
}

const annotation = 'Slipway cluster c-abcde\nmachine demo-1';
const wanted = (item: string, name: string) => ({ library: 'images', item, name, annotation, placement });
const found = async (name: string) => byNameOrPath(await openInventory(vcenter).vms(signal), name);

describe('content libraries', () => {
  it('are listed by name, with their items in pages', async () => {
    const libraries = openLibraries(vcenter);
    const all = await libraries.list(signal);
    expect(all.map(({ name, subscribed }) => [name, subscribed])).toEqual([
      ['an empty one', false],
      ['images', false],
    ]);
    const images = all[1] ?? fail();
    const pages = [
      await libraries.items(images, { from: 0, count: 2 }, signal),
      await libraries.items(images, { from: 2, count: 2 }, signal),
    ];
    expect(pages.map(({ items, total }) => [items.length, total])).toEqual([
      [2, 3],
      [1, 3],
    ]);
    const items = pages.flatMap((page) => page.items);
    expect(items.map(({ name, type }) => `${name} ${type}`).toSorted()).toEqual([
      ...['debian-13 ovf', 'tools iso', 'ubuntu-24 vm-template'],
    ]);
    expect(await libraries.items(all[0] ?? fail(), { from: 0, count: 10 }, signal)).toEqual({ items: [], total: 0 });
  });

  it('give VMs, from an OVF and from a VM template', async () => {
    for (const [item, name] of [
      ['debian-13', 'demo-ovf-1'],
      ['ubuntu-24', 'demo-template-1'],
    ] as const) {
      const vm = await deployLibraryItem(vcenter, wanted(item, name), signal);
      expect(await found(name)).toMatchObject([{ ref: vm, path: `/DC0/vm/${name}` }]);
      const details = await openInventory(vcenter).vmDetails([vm], signal);
      expect(details.get(vm.id)).toMatchObject({ poweredOn: false });
    }
  });

  it('say what cannot become a machine, and why', async () => {
    const failure = (item: string, library = 'images') =>
      failureOf(deployLibraryItem(vcenter, { ...wanted(item, 'demo-x'), library }, signal));
    expect(await failure('tools')).toMatchObject({ code: 'vsphere.library_item_unfit', params: { type: 'iso' } });
    expect(await failure('fedora')).toMatchObject({
      code: 'vsphere.not_found',
      params: { object: 'library item images/fedora' },
    });
    expect(await failure('debian-13', 'pictures')).toMatchObject({ params: { object: 'content library pictures' } });
    // What goes wrong inside a deployment is told in the answer of a request that went well.
    const pool = { type: 'ResourcePool', id: 'resgroup-99999' };
    const lost = { ...wanted('debian-13', 'demo-lost'), placement: { ...placement, pool } };
    expect(await failureOf(deployLibraryItem(vcenter, lost, signal))).toMatchObject({
      code: 'vsphere.deploy_failed',
      params: { item: 'images/debian-13', what: 'make demo-lost' },
    });
  });
});

describe('deployedBefore', () => {
  it('finds what an earlier process deployed and could not mark any more', async () => {
    const where = { folder: placement.folder, name: 'demo-crash', annotation };
    expect(await deployedBefore(vcenter, where, signal)).toBeUndefined();
    const vm = await deployLibraryItem(vcenter, wanted('debian-13', 'demo-crash'), signal);
    expect(await deployedBefore(vcenter, where, signal)).toBeUndefined();
    // The simulator leaves the notes out; vCenter sets them with the VM.
    await reconfigure(vcenter, vm, { annotation });
    expect(await deployedBefore(vcenter, where, signal)).toEqual(vm);
    expect(await deployedBefore(vcenter, { ...where, annotation: 'of another cluster' }, signal)).toBeUndefined();
  });
});
