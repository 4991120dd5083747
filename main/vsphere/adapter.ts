import type { FoundVm, VspherePort } from '#main/cluster/vsphere-port.ts';
import type { Clock } from '#main/engine/clock.ts';
import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { Ref } from './client/reference.ts';
import type { Vcenter } from './client/vcenter.ts';
import { folderPathOf } from './folders/folder-path.ts';
import { findFolder, lookForFolders, makeFolders, removeEmptyFolder } from './folders/folders.ts';
import type { Places, Vm } from './inventory/choices.ts';
import { openInventory } from './inventory/inventory.ts';
import { buildIso } from './iso/build-iso.ts';
import { deployedBefore } from './library/deployed-before.ts';
import { Once } from './once.ts';
import { ownedObjects } from './owned-objects.ts';
import { Placer } from './placement/place.ts';
import { preflight } from './preflight/preflight.ts';
import { AntiAffinityRules } from './rules/anti-affinity.ts';
import { listAntiAffinityRules } from './rules/list-rules.ts';
import { DatastoreFiles, datastorePath, type FilePlace } from './storage/datastore-files.ts';
import { openTags } from './tags/tags.ts';
import { awaitAddress } from './vm/address.ts';
import { attachIso, detachIso } from './vm/cdrom.ts';
import { Clones, type CloneLimits } from './vm/clone.ts';
import { setCustomAttributes } from './vm/custom-attributes.ts';
import { makeVm } from './vm/make-vm.ts';
import { switchPower } from './vm/power.ts';
import { readVm } from './vm/read-vm.ts';
import { setExtraConfig } from './vm/reconfigure.ts';
import { removeVm } from './vm/remove-vm.ts';
import { readSource, type CloneSource } from './vm/source.ts';
import { findVmRef, KnownVms, type NamedVm } from './vm/vm-ref.ts';

export interface VsphereDeps {
  /** Open; stays the caller's to close. */
  readonly vcenter: Vcenter;
  readonly limits: CloneLimits;
  readonly clock: Clock;
}

/**
 * The port of one vCenter. What there is to choose from is read once and when it is first needed; machines, files, rules
 * and tags are looked at each time. Closing it ends what is under way; it leaves the vCenter's session open.
 */
export function openVsphere({ vcenter, limits, clock }: VsphereDeps): VspherePort & AsyncDisposable {
  const closed = new AbortController();
  const inventory = openInventory(vcenter);
  const tags = openTags(vcenter);
  const known = new KnownVms(vcenter);
  const rules = new AntiAffinityRules(vcenter, clock, known);
  const clones = new Clones(vcenter, limits);
  const [placesOnce, vmsOnce] = [new Once<Places>(closed.signal), new Once<readonly Vm[]>(closed.signal)];
  const [sources, folders] = [new Once<CloneSource>(closed.signal), new Once<Ref>(closed.signal)];
  const places = (signal: AbortSignal) => placesOnce.get('', inventory.places, signal);
  const vms = (signal: AbortSignal) => vmsOnce.get('', inventory.vms, signal);
  const source = (ref: Ref, signal: AbortSignal) =>
    sources.get(ref.id, (lifetime) => readSource(vcenter, ref, lifetime), signal);
  const placer = new Placer({ vcenter, inventory: { places, vms }, lifetime: closed.signal, source, folder });
  const files = new DatastoreFiles(vcenter, filePlace, closed.signal);

  return {
    address: vcenter.address,
    preflight: (request, signal) =>
      preflight({ vcenter, tags, inventory: { ...inventory, places, vms }, now: () => clock.now() }, request, signal),

    hasTag: (tag, signal) => tags.has(tag, signal),
    ensureTag: (tag, description, signal) => tags.ensure(tag, description, signal),
    tagsIn: (category, signal) => tags.list(category, signal),
    removeTag: (tag, signal) => tags.remove(tag, signal),
    async attachTags(instanceUuid, wanted, signal) {
      if (wanted.length === 0) return;
      await known.use('attach tags', instanceUuid, ({ ref }) => tags.attach([ref], wanted, signal), signal);
    },

    missingFolders: async (path, signal) =>
      (await lookForFolders(vcenter, await folderPath(path, signal), signal)).missing,
    async ensureFolder(path, wanted, signal) {
      const { made } = await makeFolders(vcenter, await folderPath(path, signal), signal);
      if (made.length > 0 && wanted.length > 0) await tags.attach(made, wanted, signal);
    },
    async tagFolders(paths, wanted, signal) {
      const found = await Promise.all(paths.map((path) => findFolder(vcenter, path, signal)));
      await tags.attach(
        found.flatMap((ref) => ref ?? []),
        wanted,
        signal,
      );
    },
    async removeFolder(path, signal) {
      folders.forget();
      return await removeEmptyFolder(vcenter, await folderPath(path, signal), signal);
    },

    place: (request, signal) => placer.place(request, signal),
    findVm,
    async clone(request, onProgress, signal) {
      const made = await makeVm({ vcenter, clones, places, source }, request, onProgress, signal);
      const found = await describe(made, signal);
      if (found) {
        known.seen(request.instanceUuid, found);
        return found;
      }
      const object = `the VM with the instance UUID ${request.instanceUuid}`;
      throw vsphereErrors.not_found({ what: `clone ${request.name}`, object });
    },
    async setCustomAttributes(instanceUuid, attributes, signal) {
      if (Object.keys(attributes).length === 0) return;
      const set = ({ ref }: NamedVm) => setCustomAttributes(vcenter, ref, attributes, signal);
      await known.use('set custom attributes', instanceUuid, set, signal);
    },
    async setExtraConfig(instanceUuid, values, signal) {
      if (Object.keys(values).length === 0) return;
      const set = (vm: NamedVm) => setExtraConfig(vcenter, vm, values, signal);
      await known.use('set extra configuration', instanceUuid, set, signal);
    },

    uploadIso: (file, content, signal) =>
      files.upload(file, buildIso(content, { volumeLabel: 'cidata', at: clock.now() }), signal),
    removeFile: (file, signal) => files.remove(file, signal),
    attachIso: (instanceUuid, file, signal) =>
      known.use('attach an image', instanceUuid, (vm) => attachIso(vcenter, vm, datastorePath(file), signal), signal),
    detachIso: (instanceUuid, signal) =>
      known.use('take an image out', instanceUuid, (vm) => detachIso(vcenter, vm, signal), signal),

    powerOn(instanceUuid, signal) {
      const on = ({ ref, name }: NamedVm) => switchPower(vcenter, ref, 'on', `power on ${name}`, signal);
      return known.use('power on', instanceUuid, on, signal);
    },
    awaitAddress(instanceUuid, wanted, withinMs, signal) {
      const wait = ({ ref }: NamedVm) => awaitAddress(vcenter, ref, wanted, withinMs, signal);
      return known.use('wait for an address', instanceUuid, wait, signal);
    },
    async removeVm(instanceUuid, signal) {
      known.forget(instanceUuid);
      const vm = await findVmRef(vcenter, instanceUuid, signal);
      return vm ? await removeVm(vcenter, vm, signal) : [];
    },

    async removeUnfinished(clone, signal) {
      await clones.settle(clone, signal);
      const { instanceUuid, placement, name, annotation } = clone;
      const { folder, source: from } = placement;
      const found = (await findVmRef(vcenter, instanceUuid, signal)) ?? clones.deployed.get(instanceUuid);
      const deployed = from.type !== 'VirtualMachine' && { folder, name, annotation };
      const vm = found ?? (deployed ? await deployedBefore(vcenter, deployed, signal) : undefined);
      const kept = vm ? await removeVm(vcenter, vm, signal) : [];
      clones.deployed.delete(instanceUuid);
      return kept;
    },

    findRule: (key, signal) => rules.find(key, signal),
    ensureRule: (rule, signal) => rules.ensure(rule, signal),
    removeRule: (key, signal) => rules.remove(key, signal),
    ownedObjects: (category, signal) => ownedObjects(vcenter, tags, category, signal),
    antiAffinityRules: async (signal) => listAntiAffinityRules(vcenter, (await places(signal)).clusters, signal),

    [Symbol.asyncDispose]: () => {
      closed.abort(vsphereErrors.closed({ address: vcenter.address }));
      return Promise.resolve();
    },
  };

  /** 1 call for a VM that is where it was seen before. */
  async function findVm(instanceUuid: string, signal: AbortSignal): Promise<FoundVm | undefined> {
    const before = known.get(instanceUuid);
    const same = before && (await describe(before.ref, signal));
    if (same?.instanceUuid === instanceUuid) return same;
    known.forget(instanceUuid);
    const vm = await findVmRef(vcenter, instanceUuid, signal);
    const found = vm && (await describe(vm, signal));
    if (found) known.seen(instanceUuid, found);
    return found;
  }

  async function describe(vm: Ref, signal: AbortSignal): Promise<FoundVm | undefined> {
    try {
      return await readVm(vcenter, vm, signal);
    } catch (error) {
      if (hasCode(error, 'vsphere.not_found')) return undefined; // removed since we found it
      throw error;
    }
  }

  /** What a person wrote, as an inventory path. */
  async function folderPath(text: string, signal: AbortSignal): Promise<string> {
    const meant = folderPathOf(text, await places(signal), undefined);
    if ('path' in meant) return meant.path;
    throw vsphereErrors.bad_folder({ problem: meant.problem, remedy: meant.remedy });
  }

  async function folder(path: string, signal: AbortSignal): Promise<Ref> {
    const ask = async (lifetime: AbortSignal): Promise<Ref> => {
      const { above, missing } = await lookForFolders(vcenter, path, lifetime);
      if (missing.length === 0) return above;
      throw vsphereErrors.not_found({ what: 'place a machine', object: `the folder ${path}` });
    };
    return await folders.get(path, ask, signal);
  }

  async function filePlace(
    { datacenter, datastoreName }: { readonly datacenter: Ref; readonly datastoreName: string },
    signal: AbortSignal,
  ): Promise<FilePlace> {
    const { datacenters, datastores } = await places(signal);
    const here = datacenters.find(({ ref }) => ref.id === datacenter.id);
    const found = datastores.find((one) => one.datacenter?.id === datacenter.id && one.name === datastoreName);
    if (here && found) return { datacenterPath: here.path.slice(1), datastore: found.ref };
    throw vsphereErrors.not_found({ what: 'use a datastore', object: `the datastore ${datastoreName}` });
  }
}
