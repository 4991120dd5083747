import type { Progress } from '#shared/run/events.ts';
import type { MachinePool, NodeTemplate } from '#shared/spec/node-template.ts';

/**
 * One vCenter, as phases see it. Same rules as in `ports.ts`. Everything we make is found again by a key that was recorded
 * before: a VM by its instance UUID, files, folders, rules and tags by name. Each `ensure…` and `remove…` may be called
 * again and then changes nothing.
 */
export interface VspherePort {
  /** Host name of the vCenter, as people know it. */
  readonly address: string;

  /** All that would stop or spoil the run, at once. Changes nothing. */
  preflight(request: PreflightRequest, signal: AbortSignal): Promise<readonly Finding[]>;

  /** `false` where something of that name is no tag of ours yet. */
  hasTag(tag: VsphereTag, signal: AbortSignal): Promise<boolean>;
  /** Makes category (many tags per object, every type) and tag where they are missing. */
  ensureTag(tag: VsphereTag, description: string, signal: AbortSignal): Promise<void>;
  /** Our tags of one category, by name. */
  tagsIn(category: string, signal: AbortSignal): Promise<readonly string[]>;
  /** With its category when that has no other tag. No error when it is gone. */
  removeTag(tag: VsphereTag, signal: AbortSignal): Promise<void>;

  /** Of the folders above and including `path`, those that are missing, topmost first: what `ensureFolder` would make. */
  missingFolders(path: string, signal: AbortSignal): Promise<readonly string[]>;
  ensureFolder(path: string, tags: readonly VsphereTag[], signal: AbortSignal): Promise<void>;
  /** For folders that we made before; those that are gone are left out. */
  tagFolders(paths: readonly string[], tags: readonly VsphereTag[], signal: AbortSignal): Promise<void>;
  /** Only when it is empty. @returns whether it is gone. */
  removeFolder(path: string, signal: AbortSignal): Promise<boolean>;

  /**
   * Where a machine goes: resolved from names, spread over hosts and datastores, with room for its disks. What was placed
   * before in this process counts. Changes nothing in vCenter.
   */
  place(request: PlaceRequest, signal: AbortSignal): Promise<Placement>;

  findVm(instanceUuid: string, signal: AbortSignal): Promise<FoundVm | undefined>;
  /**
   * Clones or deploys, with CPU, memory, disks, networks, identity and extra configuration in one go; switched off.
   * Progress is vCenter's own percentage.
   * @throws `vsphere.name_taken` when another VM of that name is in the folder, and what the task's fault means.
   */
  clone(request: CloneRequest, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<FoundVm>;
  /** Tags that exist; those it carries already are left alone. */
  attachTags(instanceUuid: string, tags: readonly VsphereTag[], signal: AbortSignal): Promise<void>;
  /** Makes attributes that are not defined yet. */
  setCustomAttributes(
    instanceUuid: string,
    attributes: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Sets `guestinfo.…` keys and others; '' removes one. */
  setExtraConfig(instanceUuid: string, values: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;

  /** An image labelled `cidata` with these files; folders are made as needed. Replaces one of that name. */
  uploadIso(file: DatastoreFile, files: readonly BootFile[], signal: AbortSignal): Promise<void>;
  /** With its folder when that is empty then. No error when it is gone already. */
  removeFile(file: DatastoreFile, signal: AbortSignal): Promise<void>;
  /** Into a CD-ROM drive of our own, made if there is none. Connected at power-on. */
  attachIso(instanceUuid: string, file: DatastoreFile, signal: AbortSignal): Promise<void>;
  /** Empties the drive, and answers a guest that has locked it. No error when nothing is in it. */
  detachIso(instanceUuid: string, signal: AbortSignal): Promise<void>;

  powerOn(instanceUuid: string, signal: AbortSignal): Promise<void>;
  /**
   * The IPv4 address of the machine's first network as VMware tools tell it.
   * @throws `vsphere.no_address` with what every NIC had, when `withinMs` is over.
   */
  awaitAddress(instanceUuid: string, wanted: WantedAddress, withinMs: number, signal: AbortSignal): Promise<string>;

  /**
   * Powers off and destroys the VM. Disks that are neither the source's nor made by `clone` are detached first and kept
   * (a persistent volume); their paths are answered. No error when the VM is gone.
   */
  removeVm(instanceUuid: string, signal: AbortSignal): Promise<readonly string[]>;

  /**
   * As `removeVm`, for one whose clone may still be under way, or was broken off: waits for its end first, and finds what it
   * left even before that had its instance UUID.
   * @throws `vsphere.task_overdue` when the clone has not ended within its time.
   */
  removeUnfinished(clone: UnfinishedClone, signal: AbortSignal): Promise<readonly string[]>;

  /** A rule of the VMs' cluster that keeps them on different hosts. `undefined` members: there is none of that name. */
  findRule(rule: AntiAffinityKey, signal: AbortSignal): Promise<AntiAffinityRule | undefined>;
  /** Makes it so, with exactly these VMs. */
  ensureRule(rule: AntiAffinityRule, signal: AbortSignal): Promise<void>;
  removeRule(rule: AntiAffinityKey, signal: AbortSignal): Promise<void>;

  /** Everything in this vCenter that carries a tag of this category, and the VMs whose annotation says that they are ours. */
  ownedObjects(category: string, signal: AbortSignal): Promise<readonly OwnedObject[]>;
  /** The rules that keep VMs on different hosts, of all clusters, whoever made them: a rule can carry no tag. */
  antiAffinityRules(signal: AbortSignal): Promise<readonly FoundRule[]>;
}

export interface VsphereTag {
  readonly category: string;
  readonly name: string;
}

/** An object of vCenter. Same shape as a managed object reference. */
export type ManagedRef = {
  readonly type: string;
  readonly id: string;
};

export interface PreflightRequest {
  /** Templates in use, with the names of the machines that are still to be made from each. */
  readonly machines: readonly {
    readonly template: NodeTemplate;
    readonly pool: MachinePool;
    readonly names: readonly string[];
    /** Static addresses that these machines will get. */
    readonly addresses: readonly string[];
  }[];
  /** The cloud provider or CSI driver is among the add-ons: nodes must reach the vCenter. Checked on the machines later. */
  readonly cloudProvider: boolean;
}

/** What preflight found. An error stops the run before anything is made; a warning is shown. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** Of what: `template small`, `machine demo-worker-3`, `datastore LocalDS_0`. */
  readonly subject: string;
  /** What is wrong, naming the object. */
  readonly problem: string;
  readonly remedy: string;
}

export interface PlaceRequest {
  readonly template: NodeTemplate;
  readonly pool: MachinePool;
  /** Of the machine within its pool, from 0: neighbours go to different hosts. */
  readonly index: number;
}

/** Recorded before the clone begins, so that a resumed run looks and clones in the same place. */
export type Placement = {
  readonly datacenter: ManagedRef;
  readonly source: ManagedRef;
  /** The VM folder; made before by `ensureFolder`. */
  readonly folder: ManagedRef;
  readonly pool: ManagedRef;
  /** Set where no DRS would choose one. */
  readonly host: ManagedRef | null;
  /** For people, when it was chosen. Missing in records of the first version. */
  readonly hostName?: string;
  readonly datastore: ManagedRef;
  /** As in `[name] path`. */
  readonly datastoreName: string;
  /** Of the compute resource, for the anti-affinity rule; `null` on a standalone host. */
  readonly cluster: ManagedRef | null;
};

export interface CloneRequest {
  readonly name: string;
  readonly instanceUuid: string;
  readonly template: NodeTemplate;
  readonly placement: Placement;
  /** First lines say whose it is; `ownedObjects` reads them. */
  readonly annotation: string;
  /** An earlier process may have begun this clone: look for its task before starting another one. */
  readonly mayBeUnderWay: boolean;
  /** Counted from when vCenter has begun, not while the clone waits for its turn. */
  readonly withinMs: number;
}

export type UnfinishedClone = Pick<CloneRequest, 'name' | 'instanceUuid' | 'placement' | 'annotation' | 'withinMs'>;

export interface FoundVm {
  readonly ref: ManagedRef;
  readonly name: string;
  /** Inventory path. */
  readonly path: string;
  readonly instanceUuid: string;
  readonly poweredOn: boolean;
  /** Of its NICs, in the order of the template's networks. */
  readonly macs: readonly string[];
  /** `[datastore] path` in its CD-ROM drive. */
  readonly iso: string | null;
  readonly host: string;
  readonly datastores: readonly string[];
}

export interface DatastoreFile {
  readonly datacenter: ManagedRef;
  readonly datastoreName: string;
  /** Below the datastore: `slipway-c-abcde/demo-worker-1.iso`. */
  readonly path: string;
}

export interface BootFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** A static address is awaited exactly; else the first global IPv4 address of the NIC with this MAC. */
export type WantedAddress =
  { readonly kind: 'static'; readonly address: string } | { readonly kind: 'dhcp'; readonly mac: string };

export interface AntiAffinityKey {
  readonly cluster: ManagedRef;
  readonly name: string;
}

export interface AntiAffinityRule extends AntiAffinityKey {
  /** `must`: vCenter does not power on a VM that would break it. */
  readonly mandatory: boolean;
  readonly instanceUuids: readonly string[];
}

export interface FoundRule extends AntiAffinityKey {
  /** Inventory path of the cluster of hosts. */
  readonly clusterPath: string;
  readonly vms: readonly ManagedRef[];
}

export interface OwnedObject {
  readonly kind: 'vm' | 'folder' | 'other';
  readonly ref: ManagedRef;
  readonly path: string;
  /** Of the category asked for. */
  readonly tag: string | null;
  readonly instanceUuid: string | null;
  readonly poweredOn: boolean;
}
