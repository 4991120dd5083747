import { refOf, textOf } from '../client/answer.ts';
import type { PropertySet } from '../client/property-filter.ts';
import { listObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import type { Choice, Places } from './choices.ts';
import { Tree } from './paths.ts';
import {
  clusterOf,
  datastoreClusterOf,
  datastoreOf,
  hostOf,
  isVmFolder,
  networkOf,
  poolOf,
  readChoice,
  type Found,
} from './place-kinds.ts';

const entity = ['name', 'parent'] as const;
const computeResource = [...entity, 'resourcePool', 'host', 'datastore', 'network'];

/**
 * Every type by itself, although some derive from others: which of two sets that fit is taken is not documented.
 * `HostSystem.vm` and its like are left out: with ten thousand VMs they would be most of the answer.
 */
const sets: readonly PropertySet[] = [
  { type: 'Folder', paths: [...entity, 'childType'] },
  { type: 'Datacenter', paths: entity },
  { type: 'ComputeResource', paths: computeResource },
  { type: 'ClusterComputeResource', paths: [...computeResource, 'configuration.drsConfig.enabled'] },
  {
    type: 'HostSystem',
    paths: [...entity, 'runtime.connectionState', 'runtime.inMaintenanceMode', 'config.product.version'],
  },
  { type: 'ResourcePool', paths: [...entity, 'owner'] },
  { type: 'VirtualApp', paths: [...entity, 'owner'] },
  { type: 'Datastore', paths: [...entity, 'summary'] },
  { type: 'StoragePod', paths: [...entity, 'summary.capacity', 'summary.freeSpace'] },
  { type: 'Network', paths: entity },
  { type: 'OpaqueNetwork', paths: [...entity, 'summary'] },
  {
    type: 'DistributedVirtualPortgroup',
    paths: [...entity, 'key', 'config.distributedVirtualSwitch', 'config.uplink', 'tag'],
  },
  { type: 'DistributedVirtualSwitch', paths: [...entity, 'uuid'] },
];

/** 3 calls, and one more for each 250 objects. */
export async function readPlaces(
  vcenter: Vcenter,
  signal: AbortSignal,
): Promise<{ readonly places: Places; readonly tree: Tree }> {
  const listing = { what: 'list where machines can be placed', sets };
  const found = await listObjects<Found>(
    vcenter,
    listing,
    ({ ref, values }) => ({
      ref,
      values,
      rawName: textOf(values.get('name')) ?? ref.id,
      parent: refOf(values.get('parent')),
    }),
    signal,
  );
  const tree = new Tree(found, vcenter.content.rootFolder);
  return { places: sortOut(found, tree), tree };
}

function sortOut(found: readonly Found[], tree: Tree): Places {
  const of = <T extends Choice>(types: readonly string[], read: (one: Found) => T | undefined): readonly T[] =>
    byPath(found.filter(({ ref }) => types.includes(ref.type)).flatMap((one) => read(one) ?? []));
  const switches = new Map(
    found.flatMap(({ ref, values }) => {
      const uuid = textOf(values.get('uuid'));
      return uuid === undefined ? [] : [[ref.id, uuid] as const];
    }),
  );
  return {
    datacenters: of(['Datacenter'], (one) => readChoice(one, tree)),
    folders: of(['Folder'], (one) => (isVmFolder(one) ? readChoice(one, tree) : undefined)),
    clusters: of(['ClusterComputeResource', 'ComputeResource'], (one) => clusterOf(one, tree)),
    hosts: of(['HostSystem'], (one) => hostOf(one, tree)),
    pools: of(['ResourcePool', 'VirtualApp'], (one) => poolOf(one, tree)),
    datastores: of(['Datastore'], (one) => datastoreOf(one, tree)),
    datastoreClusters: of(['StoragePod'], (one) => datastoreClusterOf(one, tree)),
    networks: of(['Network', 'DistributedVirtualPortgroup', 'OpaqueNetwork'], (one) => networkOf(one, tree, switches)),
  };
}

/** By code unit, so that the order is the same on every computer. */
export function byPath<T extends Choice>(choices: readonly T[]): readonly T[] {
  return choices.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
