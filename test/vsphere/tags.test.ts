import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import type { ManagedRef, VsphereTag } from '#main/cluster/vsphere-port.ts';
import { openRest } from '#main/vsphere/rest/rest.ts';
import { refKey } from '#main/vsphere/client/reference.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { openTags } from '#main/vsphere/tags/tags.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { failureOf, openVcenter, signal } from './open.ts';

let lab: LabVcenter;
let vcenter: Vcenter;
let vms: readonly ManagedRef[];

beforeAll(async () => {
  lab = await LabVcenter.start({ vms: 20 });
  await using looking = await openVcenter(lab);
  vms = (await openInventory(looking).vms(signal)).map(({ ref }) => ref);
});
afterAll(() => lab[Symbol.asyncDispose]());
beforeEach(async () => (vcenter = await openVcenter(lab)));
afterEach(async () => {
  await vcenter[Symbol.asyncDispose]();
  expect((await lab.control.calls()).invalid).toEqual([]);
});

/** As a person makes one in the vSphere Client. */
async function makeCategory(vcenter: Vcenter, name: string): Promise<void> {
  const create_spec = { name, description: '', cardinality: 'MULTIPLE', associable_types: [] };
  const path = '/com/vmware/cis/tagging/category';
  const request = { method: 'POST' as const, path, body: { create_spec }, answer: v.string() };
  await openRest(vcenter).send({ ...request, what: 'set the stage', object: name }, signal);
}

const requestsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const { requests } = await lab.control.calls();
  await work();
  return (await lab.control.calls()).requests - requests;
};

describe('tags', () => {
  it('are made with their category, and made once', async () => {
    const tags = openTags(vcenter);
    const tag = { category: 'slipway-cluster', name: 'c-abcde' };
    expect(await tags.has(tag, signal)).toBe(false);
    await tags.ensure(tag, 'Cluster demo', signal);
    await tags.ensure(tag, 'Cluster demo', signal);
    expect(await tags.has(tag, signal)).toBe(true);
    expect(await tags.list('slipway-cluster', signal)).toEqual(['c-abcde']);
    expect(await tags.list('no such category', signal)).toEqual([]);
  });

  it('are made once by two processes at the same time', async () => {
    const others = await Promise.all([1, 2, 3].map(() => openVcenter(lab)));
    const tag = { category: 'made-at-once', name: 'c-fghij' };
    await Promise.all(others.map((other) => openTags(other).ensure(tag, 'Cluster', signal)));
    expect(await openTags(vcenter).list('made-at-once', signal)).toEqual(['c-fghij']);
    for (const other of others) await other[Symbol.asyncDispose]();
  });

  it('are attached to objects, told with their category, and found by it', async () => {
    const tags = openTags(vcenter);
    const cluster = { category: 'attached-cluster', name: 'c-1' };
    const run = { category: 'attached-run', name: 'c-1.r-1' };
    for (const tag of [cluster, run]) await tags.ensure(tag, '', signal);
    const [first, second, third] = vms as [ManagedRef, ManagedRef, ManagedRef];
    await tags.attach([first, second], [cluster, run], signal);
    await tags.attach([first], [cluster], signal);
    expect(await tags.attachedTo([first, third], signal)).toEqual(
      new Map([
        [refKey(first), [cluster, run]],
        [refKey(third), []],
      ]),
    );
    const found = await openTags(vcenter).objectsWith('attached-cluster', signal);
    expect(found.map(({ ref, tag }) => [ref.id, tag]).toSorted()).toEqual(
      [first, second].map(({ id }) => [id, 'c-1']).toSorted(),
    );
  });

  it('cost the same number of requests for each further machine', async () => {
    const tags = openTags(vcenter);
    const all = ['a', 'b', 'c'].map((name) => ({ category: 'many', name }));
    for (const tag of all) await tags.ensure(tag, '', signal);
    // Those that no other test tags: an unknown tag costs a look at its name.
    const [first, ...others] = vms.slice(3) as [ManagedRef, ...ManagedRef[]];
    expect(await requestsOf(() => tags.attach([first], all, signal))).toBe(1);
    for (const vm of others) {
      expect(await requestsOf(() => tags.attach([vm], all, signal))).toBe(1);
      expect(await requestsOf(() => tags.attachedTo([vm], signal))).toBe(1);
    }
    expect(await requestsOf(() => tags.attachedTo(vms.slice(3), signal))).toBe(1);
  });

  it('are removed, from every object, and removing again changes nothing', async () => {
    const tags = openTags(vcenter);
    const tag = { category: 'removed', name: 'c-2' };
    await tags.ensure(tag, '', signal);
    await tags.attach(vms.slice(0, 1), [tag], signal);
    await tags.remove(tag, signal);
    await tags.remove(tag, signal);
    expect(await tags.has(tag, signal)).toBe(false);
    expect(await tags.objectsWith('removed', signal)).toEqual([]);
  });

  it('take the category that was made for them along, and no other', async () => {
    const tags = openTags(vcenter);
    const [first, second] = ['c-4', 'c-5'].map((name) => ({ category: 'going', name })) as [VsphereTag, VsphereTag];
    for (const tag of [first, second]) await tags.ensure(tag, '', signal);
    await tags.remove(first, signal);
    expect(await tags.categories(signal)).toContain('going');
    await tags.remove(second, signal);
    expect(await tags.categories(signal)).not.toContain('going');
    await makeCategory(vcenter, 'of a person');
    const theirs = { category: 'of a person', name: 'c-6' };
    await tags.ensure(theirs, '', signal);
    await tags.remove(theirs, signal);
    expect(await tags.categories(signal)).toContain('of a person');
  });

  it('are made although the category goes at that moment, and leave it where it may not be removed', async () => {
    const tags = openTags(vcenter);
    const tag = { category: 'kept', name: 'c-7' };
    await tags.ensure(tag, '', signal);
    await lab.control.addRule({ path: '^DELETE /rest/com/vmware/cis/tagging/category', status: 403 });
    await tags.remove(tag, signal);
    expect(await tags.categories(signal)).toContain('kept');
    await lab.control.addRule({ path: '^POST /rest/com/vmware/cis/tagging/tag$', status: 404, times: 1 });
    await tags.ensure(tag, '', signal);
    expect(await tags.has(tag, signal)).toBe(true);
    await lab.control.clearRules();
  });

  it('are found again when somebody removed and made them meanwhile', async () => {
    const tags = openTags(vcenter);
    const tag = { category: 'made-anew', name: 'c-3' };
    await tags.ensure(tag, '', signal);
    await tags.attach(vms.slice(0, 1), [tag], signal);
    await using other = await openVcenter(lab);
    await openTags(other).remove(tag, signal);
    const error = await failureOf(tags.attach(vms.slice(0, 1), [tag], signal));
    expect(error).toMatchObject({ code: 'vsphere.not_found', params: { object: 'tag made-anew/c-3' } });
    await openTags(other).ensure(tag, '', signal);
    await tags.attach(vms.slice(0, 1), [tag], signal);
    expect(await tags.objectsWith('made-anew', signal)).toHaveLength(1);
  });
});
