import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { provisionErrors } from '#shared/errors/provision.ts';
import { type ClusterRun } from '../cluster.ts';
import { annotationOf } from '../provision/annotation.ts';
import { ensureKeyPair, type KeyPair } from '../provision/key-pairs.ts';
import { bootIsoPath, clusterTag, hostKeySecret, runTag, userKeySecret } from '../provision/names.ts';
import { plannedMachine, vsphereOf } from '../provision/planned.ts';
import { guestInfo, seedFiles } from '../provision/seed.ts';
import type { VmRecord } from '../provision/vm-record.ts';
import type { DatastoreFile, FoundVm, Placement } from '../vsphere-port.ts';

/**
 * Makes one machine: cloned, placed, tagged, given what its cloud-init needs, powered on, its address known. The VM is
 * found again by an instance UUID that the inventory had before the clone, so no crash makes a second one.
 */
export const createMachine = definePhase<ClusterRun, { readonly machine: string }>({
  id: 'create-machine',
  title: 'Create machines',
  attempts: 3,
  async check(run, { machine }, { signal }) {
    const { record } = plannedMachine(run.cluster, machine);
    if (!record.cloned) return todo('to be made');
    const found = await vsphereOf(run).findVm(record.instanceUuid, signal);
    if (!found) {
      if (!record.booted) return todo('its clone was not finished');
      const { instanceUuid } = record;
      throw provisionErrors.vm_gone({ machine, instanceUuid, vcenter: vsphereOf(run).address });
    }
    if (!found.poweredOn) return todo(record.booted ? 'it is switched off' : 'not powered on yet');
    if (record.address === '') return todo('its address is not known yet');
    return done(`${found.path} on ${found.host}, ${record.address}`);
  },
  async apply(run, { machine }, context) {
    const placement = await ensurePlaced(run, machine, context);
    const vm = await ensureCloned(run, machine, placement, context);
    if (!vm.poweredOn) {
      if (!plannedMachine(run.cluster, machine).record.booted) await ensureBootMedia(run, machine, vm, context);
      context.log(`powering on ${vm.path}`);
      await vsphereOf(run).powerOn(vm.instanceUuid, context.signal);
    }
    await ensureAddress(run, machine, vm, context);
  },
  async verify(run, { machine }, { signal }) {
    const { record } = plannedMachine(run.cluster, machine);
    const vcenter = vsphereOf(run).address;
    const found = await vsphereOf(run).findVm(record.instanceUuid, signal);
    if (!found) throw provisionErrors.vm_gone({ machine, instanceUuid: record.instanceUuid, vcenter });
    if (!found.poweredOn) throw provisionErrors.switched_off({ machine, vcenter });
  },
  async undo(run, { machine }, context) {
    await removeUnbooted(run, machine, context);
  },
});

/**
 * A machine that never became part of a cluster is removed with all that was made for it, unless its template says that
 * failed ones are kept for a look. One that has booted once is never touched here.
 */
export async function removeUnbooted(run: ClusterRun, machine: string, context: StepContext): Promise<void> {
  const { template, record } = plannedMachine(run.cluster, machine);
  if (record.booted) return;
  // Where there is no VM there is nothing to look at, and the next try finds a place of its own.
  if (template.keepFailed && (await vsphereOf(run).findVm(record.instanceUuid, context.signal))) {
    context.log(`${machine} is kept for a look, as its node template says`);
    return;
  }
  await removeVm(run, machine, record, context);
  const address = record.staticAddresses[0] ?? '';
  await run.inventory.putVm(machine, { ...record, placement: null, cloned: false, address });
}

/** The VM, its disks, its boot image and their records. Disks of others are kept and named. */
export async function removeVm(
  run: ClusterRun,
  machine: string,
  record: VmRecord,
  context: StepContext,
): Promise<void> {
  const vsphere = vsphereOf(run);
  if (record.cloned) {
    const { instanceUuid, placement, booted } = record;
    const kept =
      placement && !booted
        ? await vsphere.removeUnfinished(
            { name: machine, instanceUuid, placement, annotation: annotationFor(run, machine), withinMs: cloneMs(run) },
            context.signal,
          )
        : await vsphere.removeVm(instanceUuid, context.signal);
    for (const disk of kept) context.warn(`${machine}: the disk ${disk} is not ours; it was detached and kept`);
  }
  if (record.placement) {
    await vsphere.removeFile(bootIso(run, machine, record.placement), context.signal);
  }
  const where = vsphere.address;
  await run.inventory.forgetArtefacts([
    { kind: 'vsphere-vm', key: machine, where },
    { kind: 'vsphere-iso', key: machine, where },
  ]);
}

export function bootIso({ cluster }: ClusterRun, machine: string, placement: Placement): DatastoreFile {
  const { datacenter, datastoreName } = placement;
  return { datacenter, datastoreName, path: bootIsoPath(cluster, machine) };
}

/** Recorded before the clone, so that a resumed run looks and clones in the same place. */
async function ensurePlaced(run: ClusterRun, machine: string, { signal }: StepContext): Promise<Placement> {
  const { template, pool, record } = plannedMachine(run.cluster, machine);
  if (record.placement) return record.placement;
  const placement = await vsphereOf(run).place({ template, pool, index: record.index }, signal);
  await run.inventory.putVm(machine, { ...record, placement });
  return placement;
}

async function ensureCloned(
  run: ClusterRun,
  machine: string,
  placement: Placement,
  context: StepContext,
): Promise<FoundVm> {
  const { cluster, inventory } = run;
  const vsphere = vsphereOf(run);
  const { template, record } = plannedMachine(cluster, machine);
  const { instanceUuid } = record;
  const found = record.cloned ? await vsphere.findVm(instanceUuid, context.signal) : undefined;
  const vm = found ?? (await clone());
  if (record.booted) return vm;
  const tags = [...template.tags.map(tagOf), clusterTag(cluster), runTag(cluster, run.runId)];
  await vsphere.attachTags(instanceUuid, tags, context.signal);
  await vsphere.setCustomAttributes(instanceUuid, template.customAttributes, context.signal);
  return vm;

  async function clone(): Promise<FoundVm> {
    await inventory.recordArtefacts([{ kind: 'vsphere-vm', key: machine, where: vsphere.address }]);
    await inventory.putVm(machine, { ...record, placement, cloned: true });
    context.log(`cloning into ${placement.datastoreName}`);
    const common = { name: machine, instanceUuid, annotation: annotationFor(run, machine), withinMs: cloneMs(run) };
    const request = { ...common, template, placement, mayBeUnderWay: record.cloned };
    return await vsphere.clone(request, (progress) => context.progress(progress), context.signal);
  }
}

function annotationFor({ cluster, runId }: ClusterRun, machine: string): string {
  return annotationOf({ clusterId: cluster.id, clusterName: cluster.name, machine, runId });
}

function cloneMs({ cluster }: ClusterRun): number {
  return cluster.spec.timeouts.cloneMachine * 1000;
}

const tagOf = ({ category, tag }: { readonly category: string; readonly tag: string }) => ({ category, name: tag });

/** Its host key is made here and sealed in the inventory: the very first connection is verified. */
async function ensureBootMedia(run: ClusterRun, machine: string, vm: FoundVm, context: StepContext): Promise<void> {
  const { inventory } = run;
  const vsphere = vsphereOf(run);
  const hostKey = await ensureHostKey(run, machine);
  const { template, record } = plannedMachine(run.cluster, machine);
  const seed = {
    name: machine,
    instanceUuid: vm.instanceUuid,
    template,
    macs: vm.macs,
    addresses: record.staticAddresses,
    hostKey,
    userPublicKey: (await ensureKeyPair(run, userKeySecret)).publicKey,
  };
  if (template.bootMedia === 'guestinfo') {
    await vsphere.setExtraConfig(vm.instanceUuid, guestInfo(seed), context.signal);
    return;
  }
  const { placement } = record;
  if (!placement) throw new Error(`${machine} was not placed`); // a fault of the order above
  const iso = bootIso(run, machine, placement);
  await inventory.recordArtefacts([{ kind: 'vsphere-iso', key: machine, where: vsphere.address }]);
  await vsphere.uploadIso(iso, seedFiles(seed), context.signal);
  await vsphere.attachIso(vm.instanceUuid, iso, context.signal);
}

async function ensureHostKey(run: ClusterRun, machine: string): Promise<KeyPair> {
  const pair = await ensureKeyPair(run, hostKeySecret(machine));
  const { record } = plannedMachine(run.cluster, machine);
  const hostKey = pair.publicKey;
  if (record.hostKey !== hostKey) await run.inventory.putVm(machine, { ...record, hostKey });
  return pair;
}

async function ensureAddress(run: ClusterRun, machine: string, vm: FoundVm, context: StepContext): Promise<void> {
  const { record } = plannedMachine(run.cluster, machine);
  // A static one needs no tools to tell it; that it works is shown by SSH.
  if (record.address !== '' && record.address === record.staticAddresses[0]) return;
  context.log('waiting until VMware tools tell its address');
  const withinMs = run.cluster.spec.timeouts.bootMachine * 1000;
  const wanted = { kind: 'dhcp', mac: vm.macs[0] ?? '' } as const;
  const address = await vsphereOf(run).awaitAddress(vm.instanceUuid, wanted, withinMs, context.signal);
  if (address !== record.address) await run.inventory.putVm(machine, { ...record, address });
}
