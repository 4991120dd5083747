import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { byNameOrPath } from '#main/vsphere/inventory/search.ts';
import { openTags } from '#main/vsphere/tags/tags.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { makeItem, makeLibrary } from './library-scene.ts';
import { openVcenter, signal } from './open.ts';

let lab: LabVcenter;
let vcenter: Vcenter;

beforeAll(async () => {
  lab = await LabVcenter.start();
  vcenter = await openVcenter(lab);
});
afterAll(async () => {
  await vcenter[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});
afterEach(async () => {
  expect((await lab.control.calls()).invalid).toEqual([]);
});

describe('what a wizard offers besides places and VMs', () => {
  it('is the custom attributes that a VM can have', async () => {
    const target = vcenter.content.customFieldsManager;
    if (!target) throw new Error('The lab has no custom attributes.');
    for (const [name, moType] of [
      ['owner', undefined],
      ['backup', 'VirtualMachine'],
      ['rack', 'HostSystem'],
    ] as const) {
      await vcenter.call({ method: 'AddCustomFieldDef', target, args: { name, ...(moType && { moType }) } }, signal);
    }
    expect(await openInventory(vcenter).customAttributes(signal)).toEqual([
      { key: expect.any(Number), name: 'backup', onlyVms: true },
      { key: expect.any(Number), name: 'owner', onlyVms: false },
    ]);
  });

  it('is the tags by category, read once until they are forgotten', async () => {
    const tags = openTags(vcenter);
    for (const name of ['b', 'a']) await tags.ensure({ category: 'zone', name }, '', signal);
    const inventory = openInventory(vcenter);
    expect(await inventory.tagCategories(signal)).toEqual(['zone']);
    expect(await inventory.tags('zone', signal)).toEqual(['a', 'b']);
    const { requests } = await lab.control.calls();
    await inventory.tags('zone', signal);
    expect((await lab.control.calls()).requests).toBe(requests);
    await tags.ensure({ category: 'zone', name: 'c' }, '', signal);
    inventory.forget();
    expect(await inventory.tags('zone', signal)).toEqual(['a', 'b', 'c']);
  });

  it('is content libraries and a page of their items, in a known number of requests', async () => {
    const inventory = openInventory(vcenter);
    const { datastores } = await inventory.places(signal);
    const [store] = byNameOrPath(datastores, 'LocalDS_0');
    const id = await makeLibrary(vcenter, 'images', store?.ref ?? { type: '', id: '' });
    for (let n = 0; n < 30; n++) await makeItem(vcenter, id, `image-${String(n)}`, 'ovf');
    const [images] = await inventory.libraries(signal);
    if (!images) throw new Error('There is no library.');
    const { requests } = await lab.control.calls();
    const { items, total } = await inventory.libraryItems(images, { from: 10, count: 5 }, signal);
    expect([items.length, total]).toEqual([5, 30]);
    expect((await lab.control.calls()).requests - requests).toBe(1 + 5);
  });
});
