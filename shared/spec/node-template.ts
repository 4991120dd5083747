import * as v from 'valibot';
import { dnsLabel, ipv4, labels, Role, Taint } from './parts.ts';

/**
 * How machines are made in vCenter. Places (folders, pools, datastores, networks, templates) are named as a person knows
 * them: by inventory path (`/DC0/vm/templates/debian-13`), or by name alone where that is unique.
 */

const place = v.pipe(v.string(), v.minLength(1, 'must name something in vCenter'));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

const Dhcp = v.strictObject({ kind: v.literal('dhcp') });

/** Addresses given out by Slipway, written into the machine's network-config. */
const StaticAddresses = v.strictObject({
  kind: v.literal('static'),
  /** `10.0.0.10-10.0.0.40` or single addresses; a machine keeps its address as long as it exists. */
  ranges: v.pipe(v.array(v.string()), v.minLength(1, 'must name at least one address')),
  prefix: v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(30)),
  gateway: v.optional(ipv4),
  nameservers: v.optional(v.array(ipv4), []),
  searchDomains: v.optional(v.array(v.string()), []),
});
export type StaticAddresses = v.InferOutput<typeof StaticAddresses>;

export const TemplateNetwork = v.strictObject({
  network: place,
  addresses: v.optional(v.variant('kind', [Dhcp, StaticAddresses]), { kind: 'dhcp' }),
  mtu: v.optional(v.pipe(v.number(), v.integer(), v.minValue(576), v.maxValue(9000))),
});
export type TemplateNetwork = v.InferOutput<typeof TemplateNetwork>;

export const TemplateTag = v.strictObject({ category: place, tag: place });
export type TemplateTag = v.InferOutput<typeof TemplateTag>;

export const NodeTemplate = v.strictObject({
  name: dnsLabel,
  /** A template or VM to clone, or an item of a content library. */
  source: v.union(
    [v.strictObject({ vm: place }), v.strictObject({ library: place, item: place })],
    'must be { vm: … } or { library: …, item: … }',
  ),
  /** `linked` starts from a snapshot and shares its disks with the source; the disk keeps its size. */
  clone: v.optional(v.picklist(['full', 'linked']), 'full'),
  /** Name of the snapshot for linked clones; the current one when left out. */
  snapshot: v.optional(place),
  cpus: v.optional(positive, 2),
  coresPerSocket: v.optional(positive),
  memoryMiB: v.optional(v.pipe(v.number(), v.integer(), v.minValue(512)), 4096),
  /** The first disk grows to this size; it keeps the source's when left out. */
  diskGiB: v.optional(positive),
  /** Further disks, empty. */
  disks: v.optional(v.array(v.strictObject({ sizeGiB: positive, thin: v.optional(v.boolean(), true) })), []),
  /** Resource pool, or a cluster or host for its own pool. May be left out where there is only one. */
  pool: v.optional(place),
  /** Hosts to spread over; all of the pool's cluster when left out. */
  hosts: v.optional(v.array(place), []),
  /** A datastore or a datastore cluster. May be left out where there is only one. */
  datastore: v.optional(place),
  /** Made if missing. The datacenter's topmost folder when left out. */
  folder: v.optional(place),
  /** The first one is where the machine is reached. */
  networks: v.pipe(v.array(TemplateNetwork), v.minLength(1, 'must name at least one network')),
  /** Existing tags, besides our own. */
  tags: v.optional(v.array(TemplateTag), []),
  customAttributes: v.optional(v.record(v.string(), v.string()), {}),
  extraConfig: v.optional(v.record(v.string(), v.string()), {}),
  /** cloud-config merged into ours: packages, write_files, runcmd, ntp … */
  cloudInit: v.optional(v.record(v.string(), v.any()), {}),
  /** How the machine gets its cloud-init: a CD-ROM made for it, or guestinfo (cloud-init ≥ 21.3 with its VMware datasource). */
  bootMedia: v.optional(v.picklist(['iso', 'guestinfo']), 'iso'),
  /** Made by cloud-init, with sudo and a key of our own. */
  user: v.optional(v.pipe(v.string(), v.regex(/^[a-z_][-a-z0-9_]{0,31}$/, 'must be a Linux user name')), 'slipway'),
  /** A machine that failed stays for a look instead of being removed. */
  keepFailed: v.optional(v.boolean(), false),
});
/** With every default filled in. */
export type NodeTemplate = v.InferOutput<typeof NodeTemplate>;
export type NodeTemplateInput = v.InferInput<typeof NodeTemplate>;

export const MachinePool = v.strictObject({
  name: dnsLabel,
  /** A node template of this spec or of the inventory, by name. */
  template: dnsLabel,
  count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
  roles: v.pipe(v.array(Role), v.minLength(1, 'must name at least one role')),
  /** `{cluster}`, `{pool}` and `{n}` (1, 2, …) are replaced; the result is VM, host and node name in one. */
  hostname: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[-a-z0-9{}]+$/, 'must be lower-case letters, digits, "-" and {cluster}, {pool}, {n}'),
      v.includes('{n}', 'must have {n} in it, so that each machine has a name of its own'),
    ),
    '{cluster}-{pool}-{n}',
  ),
  /** Keeps the machines of this pool on different hosts: `should` lets maintenance go on, `must` refuses to start them. */
  antiAffinity: v.optional(v.picklist(['none', 'should', 'must']), 'should'),
  labels: v.optional(labels, {}),
  taints: v.optional(v.array(Taint), []),
});
export type MachinePool = v.InferOutput<typeof MachinePool>;
export type MachinePoolInput = v.InferInput<typeof MachinePool>;

export const VsphereSettings = v.strictObject({
  /** Name of a cloud credential in the inventory (`slipway credential add`). */
  credential: dnsLabel,
  /** So many clones at a time. */
  clones: v.optional(positive, 8),
  clonesPerDatastore: v.optional(positive, 4),
});
export type VsphereSettings = v.InferOutput<typeof VsphereSettings>;
