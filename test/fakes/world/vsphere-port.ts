import type {
  AntiAffinityRule,
  FoundVm,
  ManagedRef,
  Placement,
  VspherePort,
  VsphereTag,
} from '#main/cluster/vsphere-port.ts';
import type { Changes } from './changes.ts';
import { notModelled } from './changes.ts';

export interface FakeVm {
  readonly name: string;
  readonly instanceUuid: string;
  readonly folder: string;
  readonly address: string;
  readonly tags: Set<string>;
  readonly attributes: Map<string, string>;
  readonly extraConfig: Map<string, string>;
  readonly datastore: string;
  iso: string | null;
  poweredOn: boolean;
}

/** One vCenter; all of it outlives the process. */
export interface FakeVcenter {
  readonly folders: Set<string>;
  /** `category/name` */
  readonly tags: Set<string>;
  /** By instance UUID. */
  readonly vms: Map<string, FakeVm>;
  /** `[datastore] path` */
  readonly files: Map<string, readonly string[]>;
  readonly rules: Map<string, { readonly mandatory: boolean; readonly members: readonly string[] }>;
  placed: number;
}

export function emptyVcenter(): FakeVcenter {
  return {
    folders: new Set(['/DC0/vm']),
    tags: new Set(),
    vms: new Map(),
    files: new Map(),
    rules: new Map(),
    placed: 0,
  };
}

const someRef = (type: string, id: string): ManagedRef => ({ type, id });
const tagKey = ({ category, name }: VsphereTag): string => `${category}/${name}`;
const fileKey = (file: { readonly datastoreName: string; readonly path: string }): string =>
  `[${file.datastoreName}] ${file.path}`;

/** @param addressOf What DHCP gives a machine. */
export function fakeVsphere(vcenter: FakeVcenter, changes: Changes, addressOf: (name: string) => string): VspherePort {
  const change = (what: string): void => changes.record(`vcenter: ${what}`);
  const vmOf = (uuid: string): FakeVm =>
    vcenter.vms.get(uuid) ?? notModelled(`a call for the VM ${uuid}, which is not there`);
  const above = (path: string): string[] => {
    const parts = path.split('/').slice(1);
    return parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`).slice(2);
  };
  const missing = (path: string): string[] => above(path).filter((folder) => !vcenter.folders.has(folder));
  const removeVm = async (uuid: string): Promise<readonly string[]> => {
    const vm = vcenter.vms.get(uuid);
    if (vm && vcenter.vms.delete(uuid)) change(`destroy ${vm.name}`);
    return [];
  };
  return {
    address: 'vcenter.example',
    preflight: async () => [],
    hasTag: async (tag) => vcenter.tags.has(tagKey(tag)),
    ensureTag: async (tag) => {
      if (vcenter.tags.has(tagKey(tag))) return;
      vcenter.tags.add(tagKey(tag));
      change(`tag ${tagKey(tag)}`);
    },
    tagsIn: async (category) =>
      [...vcenter.tags].filter((key) => key.startsWith(`${category}/`)).map((key) => key.slice(category.length + 1)),
    removeTag: async (tag) => {
      if (vcenter.tags.delete(tagKey(tag))) change(`remove tag ${tagKey(tag)}`);
    },
    missingFolders: async (path) => missing(path),
    ensureFolder: async (path) => {
      for (const folder of missing(path)) {
        vcenter.folders.add(folder);
        change(`folder ${folder}`);
      }
    },
    tagFolders: async () => {},
    removeFolder: async (path) => {
      const inUse = [...vcenter.vms.values()].some(({ folder }) => folder.startsWith(path));
      if (!inUse && vcenter.folders.delete(path)) change(`remove folder ${path}`);
      return !inUse;
    },
    place: async ({ template }): Promise<Placement> => ({
      datacenter: someRef('Datacenter', 'datacenter-2'),
      source: someRef('VirtualMachine', 'vm-1'),
      folder: someRef('Folder', template.folder ?? '/DC0/vm'),
      pool: someRef('ResourcePool', 'resgroup-1'),
      host: null,
      datastore: someRef('Datastore', 'datastore-1'),
      datastoreName: 'LocalDS_0',
      cluster: someRef('ClusterComputeResource', 'domain-c1'),
    }),
    findVm: async (uuid) => {
      const vm = vcenter.vms.get(uuid);
      return vm && found(vm);
    },
    clone: async ({ name, instanceUuid, placement }) => {
      const there = [...vcenter.vms.values()].find((vm) => vm.name === name);
      if (there) return notModelled(`a second VM called ${name}`);
      const vm: FakeVm = {
        name,
        instanceUuid,
        folder: placement.folder.id,
        address: addressOf(name),
        tags: new Set(),
        attributes: new Map(),
        extraConfig: new Map(),
        datastore: placement.datastoreName,
        iso: null,
        poweredOn: false,
      };
      vcenter.vms.set(instanceUuid, vm);
      change(`clone ${name}`);
      return found(vm);
    },
    attachTags: async (uuid, tags) => {
      for (const tag of tags) {
        if (!vcenter.tags.has(tagKey(tag))) notModelled(`the tag ${tagKey(tag)}, which is not there`);
        const vm = vmOf(uuid);
        if (vm.tags.has(tagKey(tag))) continue;
        vm.tags.add(tagKey(tag));
        change(`attach ${tagKey(tag)} to ${vm.name}`);
      }
    },
    setCustomAttributes: async (uuid, attributes) => {
      for (const [key, value] of Object.entries(attributes)) vmOf(uuid).attributes.set(key, value);
    },
    setExtraConfig: async (uuid, values) => {
      const { extraConfig } = vmOf(uuid);
      for (const [key, value] of Object.entries(values)) {
        if (value === '') extraConfig.delete(key);
        else extraConfig.set(key, value);
      }
    },
    uploadIso: async (file, files) => {
      vcenter.files.set(
        fileKey(file),
        files.map(({ name }) => name),
      );
      change(`upload ${fileKey(file)}`);
    },
    removeFile: async (file) => {
      if (vcenter.files.delete(fileKey(file))) change(`remove ${fileKey(file)}`);
    },
    attachIso: async (uuid, file) => {
      if (!vcenter.files.has(fileKey(file))) notModelled(`${fileKey(file)}, which is not there`);
      const vm = vmOf(uuid);
      if (vm.iso === fileKey(file)) return;
      vm.iso = fileKey(file);
      change(`attach ${fileKey(file)}`);
    },
    detachIso: async (uuid) => {
      const vm = vmOf(uuid);
      if (vm.iso === null) return;
      change(`detach ${vm.iso}`);
      vm.iso = null;
    },
    powerOn: async (uuid) => {
      const vm = vmOf(uuid);
      if (vm.poweredOn) return;
      vm.poweredOn = true;
      change(`power on ${vm.name}`);
    },
    awaitAddress: async (uuid) => vmOf(uuid).address,
    removeVm,
    removeUnfinished: ({ instanceUuid }) => removeVm(instanceUuid),
    findRule: async (key) => {
      const rule = vcenter.rules.get(key.name);
      return rule && { ...key, mandatory: rule.mandatory, instanceUuids: rule.members };
    },
    ensureRule: async ({ name, mandatory, instanceUuids }: AntiAffinityRule) => {
      vcenter.rules.set(name, { mandatory, members: instanceUuids });
      change(`rule ${name}`);
    },
    removeRule: async ({ name }) => {
      if (vcenter.rules.delete(name)) change(`remove rule ${name}`);
    },
    ownedObjects: async () => notModelled('ownedObjects'),
    antiAffinityRules: async () => notModelled('antiAffinityRules'),
  };
}

function found(vm: FakeVm): FoundVm {
  return {
    ref: someRef('VirtualMachine', `vm-${vm.name}`),
    name: vm.name,
    path: `${vm.folder}/${vm.name}`,
    instanceUuid: vm.instanceUuid,
    poweredOn: vm.poweredOn,
    macs: ['00:50:56:00:00:01'],
    iso: vm.iso,
    host: 'DC0_C0_H0',
    datastores: [vm.datastore],
  };
}
