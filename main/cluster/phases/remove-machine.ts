import { definePhase, done, todo } from '#main/engine/phase.ts';
import { provisionErrors } from '#shared/errors/provision.ts';
import type { ClusterRun } from '../cluster.ts';
import { vsphereOf } from '../provision/planned.ts';
import { removeVm } from './create-machine.ts';

/** Removes a machine that we made: its VM, the disks that we made for it, its boot image and its record. */
export const removeMachine = definePhase<ClusterRun, { readonly machine: string }>({
  id: 'remove-machine',
  title: 'Remove machines',
  async check(run, { machine }) {
    const record = run.cluster.records.get(machine);
    return Promise.resolve(record ? todo('it is in the inventory') : done('it is gone'));
  },
  async apply(run, { machine }, context) {
    const record = run.cluster.records.get(machine);
    if (!record) return;
    await removeVm(run, machine, record, context);
    if (record.cloned && (await vsphereOf(run).findVm(record.instanceUuid, context.signal))) {
      throw provisionErrors.still_there({ machine, vcenter: vsphereOf(run).address });
    }
    // With the machine goes what was on it.
    const artefacts = await run.inventory.artefacts();
    await run.inventory.forgetArtefacts(artefacts.filter(({ where }) => where === machine));
    // Last: without it nobody would find the VM any more.
    await run.inventory.forgetVm(machine);
  },
  async verify(run, { machine }) {
    if (await run.inventory.vm(machine)) throw new Error(`${machine} is still recorded`); // a fault of the inventory
  },
});
