import { booleanOf, child, items, numberOf, refOf, refsOf, textAt, textOf, type XmlElement } from '../client/answer.ts';
import type { Choice, Cluster, Datastore, DatastoreCluster, EsxiHost, Network, ResourcePool } from './choices.ts';
import { plainName, type Entity, type Tree } from './paths.ts';

/** An object as it was read. */
export interface Found extends Entity {
  readonly values: ReadonlyMap<string, XmlElement>;
}

const computeResources = ['ClusterComputeResource', 'ComputeResource'];

export function readChoice(found: Entity, tree: Tree): Choice {
  return { ref: found.ref, name: plainName(found.rawName), ...tree.placeOf(found) };
}

/** Folders for hosts, datastores and networks are none: a VM cannot be in them. */
export function isVmFolder({ values }: Found): boolean {
  const types = values.get('childType');
  return types !== undefined && items(types).some((type) => textOf(type) === 'VirtualMachine');
}

export function clusterOf(found: Found, tree: Tree): Cluster {
  const { ref, values } = found;
  return {
    ...readChoice(found, tree),
    kind: ref.type === 'ClusterComputeResource' ? 'cluster' : 'standalone host',
    rootPool: refOf(values.get('resourcePool')),
    hosts: refsOf(values.get('host')).length,
    datastores: refsOf(values.get('datastore')),
    networks: refsOf(values.get('network')),
    drs: booleanOf(values.get('configuration.drsConfig.enabled')) ?? false,
  };
}

export function hostOf(found: Found, tree: Tree): EsxiHost {
  const { values, parent } = found;
  return {
    ...readChoice(found, tree),
    cluster: tree.above(parent, computeResources),
    connected: textOf(values.get('runtime.connectionState')) === 'connected',
    inMaintenance: booleanOf(values.get('runtime.inMaintenanceMode')) ?? false,
    version: textOf(values.get('config.product.version')) ?? '',
  };
}

export function poolOf(found: Found, tree: Tree): ResourcePool {
  return {
    ...readChoice(found, tree),
    cluster: refOf(found.values.get('owner')) ?? tree.above(found.parent, computeResources),
  };
}

export function datastoreOf(found: Found, tree: Tree): Datastore {
  const summary = found.values.get('summary') ?? {};
  return {
    ...readChoice(found, tree),
    kind: textAt(summary, 'type') ?? '',
    capacityBytes: numberOf(child(summary, 'capacity')) ?? 0,
    freeBytes: numberOf(child(summary, 'freeSpace')) ?? 0,
    accessible: booleanOf(child(summary, 'accessible')) ?? false,
    // Unset means that the host does not support it, so it is not in it.
    inMaintenance: (textAt(summary, 'maintenanceMode') ?? 'normal') !== 'normal',
    shared: booleanOf(child(summary, 'multipleHostAccess')) ?? false,
    pod: found.parent?.type === 'StoragePod' ? found.parent : undefined,
  };
}

export function datastoreClusterOf(found: Found, tree: Tree): DatastoreCluster {
  return {
    ...readChoice(found, tree),
    capacityBytes: numberOf(found.values.get('summary.capacity')) ?? 0,
    freeBytes: numberOf(found.values.get('summary.freeSpace')) ?? 0,
  };
}

/** `undefined` for the uplinks of a distributed switch: they are in the same folder, and no VM can be on them. */
export function networkOf(found: Found, tree: Tree, switchUuids: ReadonlyMap<string, string>): Network | undefined {
  const { ref, values } = found;
  const summary = values.get('summary') ?? {};
  const none = { switchUuid: undefined, portgroupKey: undefined, opaqueId: undefined, opaqueType: undefined };
  const choice = readChoice(found, tree);
  switch (ref.type) {
    case 'DistributedVirtualPortgroup': {
      if (isUplink(values)) return undefined;
      const dvs = refOf(values.get('config.distributedVirtualSwitch'));
      const portgroupKey = textOf(values.get('key'));
      return { ...choice, ...none, kind: 'distributed', switchUuid: dvs && switchUuids.get(dvs.id), portgroupKey };
    }
    case 'OpaqueNetwork': {
      const opaqueId = textAt(summary, 'opaqueNetworkId');
      return { ...choice, ...none, kind: 'opaque', opaqueId, opaqueType: textAt(summary, 'opaqueNetworkType') };
    }
    default:
      return { ...choice, ...none, kind: 'standard' };
  }
}

/** `config.uplink` is there since vSphere 6.5, the tag always. */
function isUplink(values: ReadonlyMap<string, XmlElement>): boolean {
  const tags = values.get('tag');
  const tagged = tags !== undefined && items(tags).some((tag) => textAt(tag, 'key') === 'SYSTEM/DVS.UPLINKPG');
  return tagged || booleanOf(values.get('config.uplink')) === true;
}
