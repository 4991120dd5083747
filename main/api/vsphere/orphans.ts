import type { FoundRule, OwnedObject, VspherePort } from '#main/cluster/vsphere-port.ts';
import { bootIsoPath, clusterCategory, clusterOfRule, runCategory } from '#main/cluster/provision/names.ts';
import { openVsphere } from '#main/vsphere/adapter.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { type ErrorData, errorData } from '#shared/errors/define.ts';
import { openVcenterOf } from './vcenters.ts';
import type { World } from '#main/api/world.ts';

/** Something in a vCenter that says it is Slipway's, and belongs to no cluster of this inventory. */
export interface Orphan {
  readonly kind: OwnedObject['kind'] | 'rule' | 'tag';
  /** Inventory path, or `category/tag`; of a rule its cluster's path and its name. */
  readonly path: string;
  /** Managed object id; the path of a tag or rule. */
  readonly id: string;
  /** Id of the cluster that it says it belongs to, which another inventory may know. `null` when it does not say. */
  readonly cluster: string | null;
  readonly instanceUuid: string | null;
  readonly poweredOn: boolean;
}

export interface OrphanRemoval {
  readonly removed: readonly Orphan[];
  /** With the reason: not empty, of a kind that Slipway never makes, refused by vCenter. */
  readonly kept: readonly { readonly orphan: Orphan; readonly reason: string; readonly error?: ErrorData }[];
  /** Disks that were attached to removed machines and are not theirs, such as persistent volumes. */
  readonly keptDisks: readonly string[];
}

export async function findOrphans(world: World, credential: string, signal: AbortSignal): Promise<readonly Orphan[]> {
  await using vcenter = await openVcenterOf(world, credential, signal);
  await using port = openPort(world, vcenter);
  return await look(world, port, signal);
}

/**
 * Removes what was chosen and still is an orphan: rules, machines with their disks and boot images, then folders that are empty
 * by then, then the tags of clusters of which nothing is left. One failure does not stop the others.
 */
export async function removeOrphans(
  world: World,
  credential: string,
  chosen: readonly Orphan[],
  signal: AbortSignal,
): Promise<OrphanRemoval> {
  await using vcenter = await openVcenterOf(world, credential, signal);
  await using port = openPort(world, vcenter);
  const ids = new Set(chosen.map(identity));
  const current = (await look(world, port, signal)).filter((orphan) => ids.has(identity(orphan)));
  const datacenters = (await openInventory(vcenter).places(signal)).datacenters;
  const removed: Orphan[] = [];
  const kept: { orphan: Orphan; reason: string; error?: ErrorData }[] = [];
  const keptDisks: string[] = [];
  for (const orphan of inOrder(current)) {
    try {
      const reason = await remove(orphan, { port, datacenters, keptDisks, signal });
      if (reason === undefined) removed.push(orphan);
      else kept.push({ orphan, reason });
    } catch (thrown) {
      signal.throwIfAborted();
      const error = errorData(thrown);
      kept.push({ orphan, reason: error.cause, error });
    }
  }
  return { removed, kept, keptDisks };
}

function openPort({ clock }: World, vcenter: Vcenter): VspherePort & AsyncDisposable {
  return openVsphere({ vcenter, limits: { clones: 1, clonesPerDatastore: 1 }, clock }); // nothing is cloned here
}

async function look({ store }: World, port: VspherePort, signal: AbortSignal): Promise<readonly Orphan[]> {
  // Looked at before the inventory is: whatever a run of ours makes meanwhile was recorded before it was made.
  const objects = await visible(port, signal);
  const tags = await port.tagsIn(clusterCategory, signal);
  const rules = await port.antiAffinityRules(signal);
  const clusters = store.clusters.list();
  const known = new Set(clusters.map(({ id }) => id));
  const ours = new Set(clusters.flatMap(({ id }) => [...store.viewOf(id).vms().values()].map((vm) => vm.instanceUuid)));
  const isOurs = ({ tag, instanceUuid }: OwnedObject): boolean =>
    (tag !== null && known.has(tag)) || (instanceUuid !== null && ours.has(instanceUuid));
  const owned = new Set(objects.filter(isOurs).map(({ ref }) => ref.id));
  const found = new Map(
    objects.filter(({ ref }) => !owned.has(ref.id)).map((object) => [object.ref.id, orphanOf(object)] as const),
  );
  const lost = tags.filter((name) => !known.has(name)).map(tagOrphan);
  const lostRules = rules.flatMap((rule) => {
    const cluster = clusterOfRule(rule.name);
    const ours = cluster !== undefined && !known.has(cluster) && onlyMachinesOf(cluster, rule, found);
    return ours ? [ruleOrphan(rule, cluster)] : [];
  });
  return [...found.values(), ...lostRules, ...lost].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Without machines and folders that nobody can see: vCenter remembers tags of what is gone, for a while or for ever. */
async function visible(port: VspherePort, signal: AbortSignal): Promise<readonly OwnedObject[]> {
  const objects = await port.ownedObjects(clusterCategory, signal);
  return objects.filter(({ kind, path }) => kind === 'other' || path.startsWith('/'));
}

function orphanOf({ kind, ref, path, tag, instanceUuid, poweredOn }: OwnedObject): Orphan {
  return { kind, path, id: ref.id, cluster: tag, instanceUuid, poweredOn };
}

/** Else somebody uses it for their own VMs, too, or has copied its name: then it is not certain whose it is. */
function onlyMachinesOf(cluster: string, { vms }: FoundRule, orphans: ReadonlyMap<string, Orphan>): boolean {
  return vms.every(({ id }) => {
    const orphan = orphans.get(id);
    return orphan?.kind === 'vm' && (orphan.cluster === cluster || orphan.cluster === null);
  });
}

function ruleOrphan(rule: FoundRule, cluster: string): Orphan {
  const path = rulePath(rule);
  return { kind: 'rule', path, id: path, cluster, instanceUuid: null, poweredOn: false };
}

const rulePath = ({ clusterPath, name }: FoundRule): string => `${clusterPath}: ${name}`;

function tagOrphan(name: string): Orphan {
  const path = `${clusterCategory}/${name}`;
  return { kind: 'tag', path, id: path, cluster: name, instanceUuid: null, poweredOn: false };
}

const identity = ({ kind, id }: Orphan): string => `${kind} ${id}`;

/** Rules before their machines, machines before the folders that they are in, inner folders before outer ones, and tags when nothing carries them. */
function inOrder(orphans: readonly Orphan[]): readonly Orphan[] {
  const of = (kind: Orphan['kind']) => orphans.filter((orphan) => orphan.kind === kind);
  const folders = of('folder').toSorted((a, b) => b.path.length - a.path.length);
  return [...of('rule'), ...of('vm'), ...folders, ...of('other'), ...of('tag')];
}

interface Removing {
  readonly port: VspherePort;
  readonly datacenters: readonly { readonly ref: OwnedObject['ref']; readonly path: string }[];
  /** Filled as they are found. */
  readonly keptDisks: string[];
  readonly signal: AbortSignal;
}

/** Answers why it was kept, or nothing when it is gone. */
async function remove(orphan: Orphan, removing: Removing): Promise<string | undefined> {
  const { port, signal } = removing;
  switch (orphan.kind) {
    case 'vm':
      return removeMachine(orphan, removing);
    case 'folder':
      return (await port.removeFolder(orphan.path, signal)) ? undefined : 'it is not empty';
    case 'rule':
      return removeRule(orphan, removing);
    case 'tag':
      return removeTags(orphan, removing);
    case 'other':
      return 'Slipway makes nothing of this kind: take the tag off in vCenter';
  }
}

async function removeRule({ id }: Orphan, { port, signal }: Removing): Promise<undefined> {
  const rule = (await port.antiAffinityRules(signal)).find((one) => rulePath(one) === id);
  if (rule) await port.removeRule(rule, signal);
}

async function removeMachine(orphan: Orphan, removing: Removing): Promise<string | undefined> {
  const { port, signal, keptDisks } = removing;
  const { instanceUuid, cluster } = orphan;
  if (instanceUuid === null) return 'it has no instance UUID: remove it in vCenter';
  const vm = await port.findVm(instanceUuid, signal);
  if (!vm) return undefined;
  keptDisks.push(...(await port.removeVm(instanceUuid, signal)));
  const datacenter = removing.datacenters.find(({ path }) => vm.path.startsWith(`${path}/`))?.ref;
  if (!datacenter || cluster === null) return undefined;
  // Its boot image holds keys. It may be in its drive no more, and still on the datastore.
  const path = bootIsoPath({ id: cluster }, vm.name);
  for (const datastoreName of vm.datastores) await port.removeFile({ datacenter, datastoreName, path }, signal);
  return undefined;
}

async function removeTags({ cluster }: Orphan, { port, signal }: Removing): Promise<string | undefined> {
  if (cluster === null) return 'it has no name';
  const left = (await visible(port, signal)).filter(({ tag }) => tag === cluster);
  if (left.length > 0) return `it is still on ${left.map(({ path }) => path).join(', ')}`;
  for (const name of await port.tagsIn(runCategory, signal)) {
    if (name.startsWith(`${cluster}.`)) await port.removeTag({ category: runCategory, name }, signal);
  }
  await port.removeTag({ category: clusterCategory, name: cluster }, signal);
  return undefined;
}
