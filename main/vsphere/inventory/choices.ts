import type { Ref } from '../client/reference.ts';

/** What all choices have. `path` tells equal names apart, the reference what is meant. */
export interface Choice<T extends string = string> {
  readonly ref: Ref<T>;
  /** As a person knows it: vCenter keeps `/`, `\` and `%` in names escaped. */
  readonly name: string;
  /** `/DC0/vm/team a/node-1`, as govc and vCenter's `FindByInventoryPath` write it: names in it stay escaped. */
  readonly path: string;
  /** The datacenter it is in: what a machine is made of must be in one. */
  readonly datacenter: Ref | undefined;
}

export type Datacenter = Choice;

/** A folder for VMs. The topmost one of a datacenter is called `vm`. */
export type VmFolder = Choice;

/** A cluster of hosts, or a host that is in none: both have a root resource pool. */
export interface Cluster extends Choice {
  readonly kind: 'cluster' | 'standalone host';
  readonly rootPool: Ref | undefined;
  readonly hosts: number;
  readonly datastores: readonly Ref[];
  readonly networks: readonly Ref[];
  readonly drs: boolean;
}

export interface EsxiHost extends Choice {
  readonly cluster: Ref | undefined;
  readonly connected: boolean;
  readonly inMaintenance: boolean;
  readonly version: string;
}

export interface ResourcePool extends Choice {
  readonly cluster: Ref | undefined;
}

export interface Datastore extends Choice {
  /** VMFS, NFS, NFS41, vsan, VVOL … */
  readonly kind: string;
  readonly capacityBytes: number;
  readonly freeBytes: number;
  readonly accessible: boolean;
  readonly inMaintenance: boolean;
  /** Every host of a cluster can reach it, so a machine can move. */
  readonly shared: boolean;
  /** The datastore cluster it is part of. */
  readonly pod: Ref | undefined;
}

export interface DatastoreCluster extends Choice {
  readonly capacityBytes: number;
  readonly freeBytes: number;
}

export interface Network extends Choice {
  readonly kind: 'standard' | 'distributed' | 'opaque';
  /** A machine needs these of a distributed port group. */
  readonly switchUuid: string | undefined;
  readonly portgroupKey: string | undefined;
  /** And these of an opaque network (NSX). */
  readonly opaqueId: string | undefined;
  readonly opaqueType: string | undefined;
}

/** Everything but VMs. Each list is sorted by path. */
export interface Places {
  readonly datacenters: readonly Datacenter[];
  readonly folders: readonly VmFolder[];
  readonly clusters: readonly Cluster[];
  readonly hosts: readonly EsxiHost[];
  readonly pools: readonly ResourcePool[];
  readonly datastores: readonly Datastore[];
  readonly datastoreClusters: readonly DatastoreCluster[];
  readonly networks: readonly Network[];
}

export interface Vm extends Choice {
  readonly template: boolean;
}

/** What else helps to choose one, read when it is looked at. */
export interface VmDetails {
  readonly guestId: string;
  readonly poweredOn: boolean;
  /** Has a snapshot that a linked clone can start from. */
  readonly snapshot: boolean;
}

/** A custom attribute that a VM can have. */
export interface CustomAttribute {
  readonly key: number;
  readonly name: string;
  /** Else every object can have it. */
  readonly onlyVms: boolean;
}
