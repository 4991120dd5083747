import type { OwnedObject } from '#main/cluster/vsphere-port.ts';
import { booleanOf, refOf, textOf } from './client/answer.ts';
import { refKey, type Ref } from './client/reference.ts';
import { listObjects } from './client/retrieve.ts';
import type { Vcenter } from './client/vcenter.ts';
import { Tree, type Entity } from './inventory/paths.ts';
import { isOurs } from './preflight/our-annotation.ts';
import type { TagsClient } from './tags/tags.ts';

interface Found extends Entity {
  readonly instanceUuid: string | null;
  readonly poweredOn: boolean;
  readonly ours: boolean;
}

const entity = ['name', 'parent'];
const sets = [
  { type: 'Folder', paths: entity },
  { type: 'Datacenter', paths: entity },
  {
    type: 'VirtualMachine',
    paths: [...entity, 'config.instanceUuid', 'config.annotation', 'config.template', 'runtime.powerState'],
  },
];

/**
 * What carries a tag of this category, and VMs whose annotation says that they are ours; by path. Reads all folders and
 * VMs: for the person who looks for what was left behind, not for every run.
 */
export async function ownedObjects(
  vcenter: Vcenter,
  tags: TagsClient,
  category: string,
  signal: AbortSignal,
): Promise<readonly OwnedObject[]> {
  const tagged = await tags.objectsWith(category, signal);
  const found = await listObjects<Found>(
    vcenter,
    { what: 'look for what is ours', sets },
    ({ ref, values }) => ({
      ref,
      rawName: textOf(values.get('name')) ?? ref.id,
      parent: refOf(values.get('parent')),
      instanceUuid: textOf(values.get('config.instanceUuid')) ?? null,
      poweredOn: textOf(values.get('runtime.powerState')) === 'poweredOn',
      // A template that somebody made of one of our machines is theirs now.
      ours: isOurs(textOf(values.get('config.annotation')) ?? '') && booleanOf(values.get('config.template')) !== true,
    }),
    signal,
  );
  const tree = new Tree(found, vcenter.content.rootFolder);
  const byRef = new Map(found.map((one) => [refKey(one.ref), one]));
  const withTag = tagged.map(({ ref, tag }) => describe(ref, tag, byRef.get(refKey(ref)), tree));
  const known = new Set(tagged.map(({ ref }) => refKey(ref)));
  const noted = found.filter(({ ref, ours }) => ours && !known.has(refKey(ref)));
  return [...withTag, ...noted.map((one) => describe(one.ref, null, one, tree))].toSorted((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

function describe(ref: Ref, tag: string | null, found: Found | undefined, tree: Tree): OwnedObject {
  const kind = ref.type === 'VirtualMachine' ? 'vm' : ref.type === 'Folder' ? 'folder' : 'other';
  const path = found ? tree.placeOf(found).path : `${ref.type} ${ref.id}`;
  return { kind, ref, path, tag, instanceUuid: found?.instanceUuid ?? null, poweredOn: found?.poweredOn ?? false };
}
