import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { until } from '#main/engine/until.ts';
import { hasCode } from '#shared/errors/define.ts';
import { provisionErrors } from '#shared/errors/provision.ts';
import type { ClusterRun } from '../cluster.ts';
import { plannedMachine, vsphereOf } from '../provision/planned.ts';
import { noGuestInfo } from '../provision/seed.ts';
import { bootIso, removeUnbooted } from './create-machine.ts';

/**
 * Waits until a machine that we made lets us in with the host key that we gave it and its cloud-init is done, and takes
 * away what it booted from: that holds keys.
 */
export const firstBoot = definePhase<ClusterRun, { readonly machine: string }>({
  id: 'first-boot',
  title: 'First boot',
  attempts: 3,
  async check(run, { machine }) {
    const { record } = plannedMachine(run.cluster, machine);
    return Promise.resolve(record.booted ? done('it has booted before') : todo('its first boot is not over'));
  },
  async apply(run, { machine }, context) {
    await untilBooted(run, machine, context);
    await takeBootMedia(run, machine, context);
    const { record } = plannedMachine(run.cluster, machine);
    // Last: from here on it is a machine of the cluster, which no failed run removes.
    await run.inventory.putVm(machine, { ...record, booted: true });
  },
  async verify(run, { machine }, { signal }) {
    const { record } = plannedMachine(run.cluster, machine);
    const found = await vsphereOf(run).findVm(record.instanceUuid, signal);
    if (found?.iso) {
      const finding = {
        subject: machine,
        problem: `${found.iso} is still in its drive`,
        remedy: 'Disconnect it there.',
      };
      throw provisionErrors.finding(finding);
    }
  },
  async undo(run, { machine }, context) {
    await removeUnbooted(run, machine, context);
  },
});

async function untilBooted(run: ClusterRun, machine: string, context: StepContext): Promise<void> {
  const { spec } = run.cluster;
  const { address } = plannedMachine(run.cluster, machine).record;
  const seconds = spec.timeouts.bootMachine;
  let last = '';
  const what = `${machine} has booted`;
  try {
    await until({ what, withinMs: seconds * 1000, signal: context.signal, clock: run.clock }, async (signal) => {
      const state = await run.machines.bootState(machine, signal);
      if (state.kind === 'done') return { met: true, seen: '' };
      if (state.kind === 'failed') {
        throw provisionErrors.cloud_init_failed({ machine, reason: state.reason }, { lastLines: state.lastLines });
      }
      if (state.seen !== last) context.log(`${machine} (${address}): ${state.seen}`);
      last = state.seen;
      return { met: false, seen: state.seen };
    });
  } catch (error) {
    if (!hasCode(error, 'wait.deadline')) throw error;
    throw provisionErrors.boot_overdue({ machine, address, seconds, seen: last });
  }
}

async function takeBootMedia(run: ClusterRun, machine: string, context: StepContext): Promise<void> {
  const vsphere = vsphereOf(run);
  const { template, record } = plannedMachine(run.cluster, machine);
  if (template.bootMedia === 'guestinfo') {
    await vsphere.setExtraConfig(record.instanceUuid, noGuestInfo, context.signal);
    return;
  }
  await vsphere.detachIso(record.instanceUuid, context.signal);
  if (record.placement) await vsphere.removeFile(bootIso(run, machine, record.placement), context.signal);
  await run.inventory.forgetArtefacts([{ kind: 'vsphere-iso', key: machine, where: vsphere.address }]);
}
