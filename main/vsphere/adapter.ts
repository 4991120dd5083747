import type { FoundVm, VspherePort } from '#main/cluster/vsphere-port.ts';
import type { Clock } from '#main/engine/clock.ts';
import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { refKey, type Ref } from './client/reference.ts';
import type { Vcenter } from './client/vcenter.ts';
import { folderPathOf } from './folders/folder-path.ts';
import { lookForFolders, makeFolders, removeEmptyFolder } from './folders/folders.ts';
import type { Places, Vm } from './inventory/choices.ts';
import { openInventory } from './inventory/inventory.ts';
import { buildIso } from './iso/build-iso.ts';
import { Once } from './once.ts';
import { ownedObjects } from './owned-objects.ts';
import { Placer } from './placement/place.ts';
import { preflight } from './preflight/preflight.ts';
import { AntiAffinityRules } from './rules/anti-affinity.ts';
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
import { findVmRef, namedVm } from './vm/vm-ref.ts';

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
  const rules = new AntiAffinityRules(vcenter, clock);
  const clones = new Clones(vcenter, limits);
  const [placesOnce, vmsOnce] = [new Once<Places>(closed.signal), new Once<readonly Vm[]>(closed.signal)];
  const [sources, folders] = [new Once<CloneSource>(closed.signal), new Once<Ref>(closed.signal)];
  const places = (signal: AbortSignal) => placesOnce.get('', inventory.places, signal);
  const vms = (signal: AbortSignal) => vmsOnce.get('', inventory.vms, signal);
  const source = (ref: Ref, signal: AbortSignal) =>
    sources.get(ref.id, (lifetime) => readSource(vcenter, ref, lifetime), signal);
  const placer = new Placer({ vcenter, inventory: { places, vms }, lifetime: closed.signal, source, folder });
  const files = new DatastoreFiles(vcenter, filePlace);

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
      const { ref } = await namedVm(vcenter, 'attach tags', instanceUuid, signal);
      await tags.attach([ref], wanted, signal);
    },

    missingFolders: async (path, signal) =>
      (await lookForFolders(vcenter, await folderPath(path, signal), signal)).missing,
    async ensureFolder(path, wanted, signal) {
      const { made } = await makeFolders(vcenter, await folderPath(path, signal), signal);
      if (made.length > 0 && wanted.length > 0) await tags.attach(made, wanted, signal);
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
      if (found) return found;
      const object = `the VM with the instance UUID ${request.instanceUuid}`;
      throw vsphereErrors.not_found({ what: `clone ${request.name}`, object });
    },
    async setCustomAttributes(instanceUuid, attributes, signal) {
      if (Object.keys(attributes).length === 0) return;
      const { ref } = await namedVm(vcenter, 'set custom attributes', instanceUuid, signal);
      await setCustomAttributes(vcenter, ref, attributes, signal);
    },
    setExtraConfig: (instanceUuid, values, signal) => setExtraConfig(vcenter, instanceUuid, values, signal),

    uploadIso: (file, content, signal) =>
      files.upload(file, buildIso(content, { volumeLabel: 'cidata', at: clock.now() }), signal),
    removeFile: (file, signal) => files.remove(file, signal),
    async attachIso(instanceUuid, file, signal) {
      const vm = await namedVm(vcenter, 'attach an image', instanceUuid, signal);
      await attachIso(vcenter, vm, datastorePath(file), signal);
    },
    async detachIso(instanceUuid, signal) {
      await detachIso(vcenter, await namedVm(vcenter, 'take an image out', instanceUuid, signal), signal);
    },

    async powerOn(instanceUuid, signal) {
      const { ref, name } = await namedVm(vcenter, 'power on', instanceUuid, signal);
      await switchPower(vcenter, ref, 'on', `power on ${name}`, signal);
    },
    async awaitAddress(instanceUuid, wanted, withinMs, signal) {
      const { ref } = await namedVm(vcenter, 'wait for an address', instanceUuid, signal);
      return await awaitAddress(vcenter, ref, wanted, withinMs, signal);
    },
    async removeVm(instanceUuid, signal) {
      const vm = await findVmRef(vcenter, instanceUuid, signal);
      return vm ? await removeVm(vcenter, vm, signal) : [];
    },

    findRule: (key, signal) => rules.find(key, signal),
    ensureRule: (rule, signal) => rules.ensure(rule, signal),
    removeRule: (key, signal) => rules.remove(key, signal),
    ownedObjects: (category, signal) => ownedObjects(vcenter, tags, category, signal),

    [Symbol.asyncDispose]: () => {
      closed.abort(vsphereErrors.closed({ address: vcenter.address }));
      return Promise.resolve();
    },
  };

  async function findVm(instanceUuid: string, signal: AbortSignal): Promise<FoundVm | undefined> {
    const vm = await findVmRef(vcenter, instanceUuid, signal);
    return vm && (await describe(vm, signal));
  }

  async function describe(vm: Ref, signal: AbortSignal): Promise<FoundVm | undefined> {
    try {
      const found = await readVm(vcenter, vm, signal);
      if (!found) return undefined;
      return { ...found, tags: (await tags.attachedTo([vm], signal)).get(refKey(vm)) ?? [] };
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
