import { definePhase, todo, type StepContext } from '#main/engine/phase.ts';
import { until } from '#main/engine/until.ts';
import { containerErrors } from '#shared/errors/container.ts';
import { SlipwayError } from '#shared/errors/define.ts';
import { machinesWith, type ClusterRun, type Machine } from '../cluster.ts';
import { checkContainer, ensureContainer, restoreContainer, settleContainer } from '../containers.ts';
import { etcdContainer, initialMember, peerUrl, type EtcdStart } from '../planes/etcd.ts';
import type { EtcdMember } from '../ports.ts';
import { bootstrapMembers, otherMembers } from './etcd-bootstrap.ts';
import { loadMachineState, type MachineInput, type MachineState } from './machine-state.ts';

/**
 * The etcd member of one machine. Members of the first start all start together, with one list; later ones join as
 * learners and become voters when they have caught up. A running member is replaced only while all others are healthy.
 */
export const etcdPlane = definePhase<ClusterRun, MachineInput>({
  id: 'etcd-plane',
  title: 'Etcd plane',
  async check(run, { machine }, { signal }) {
    // The start is not part of the hash, so any will do for comparing.
    const spec = specOf(run, await loadMachineState(run, machine), { members: [], state: 'new' });
    const container = await checkContainer(run, machine, spec, signal);
    if (container.kind === 'todo') return container;
    const { healthy, reason } = await run.etcd.health(machine, signal);
    if (!healthy) return todo(`it is not healthy: ${reason}`);
    const own = await ownMember(run, machine, signal);
    return own?.learner === true ? todo('it is a learner still') : container;
  },
  async apply(run, { machine }, context) {
    const state = await loadMachineState(run, machine);
    const first = await bootstrapMembers(run);
    const isFirst = first.some(({ name }) => name === initialMember(state.machine).name);
    const start: EtcdStart = isFirst
      ? { members: first, state: 'new' }
      : { members: await joinAsLearner(run, state.machine, context), state: 'existing' };
    const spec = specOf(run, state, start);
    await othersHealthyBeforeReplacing(run, state, spec.name, context);
    await ensureContainer(run, machine, spec, context);
    if (!isFirst) await promoteWhenReady(run, state.machine, context);
  },
  async verify(run, { machine }, context) {
    const wait = {
      what: `etcd on ${machine} is healthy`,
      withinMs: healthyMs(run),
      probe: async (signal: AbortSignal) => {
        const { healthy, reason } = await run.etcd.health(machine, signal);
        return { met: healthy, seen: reason };
      },
    };
    await settleContainer(run, machine, 'etcd', wait, context);
  },
  async undo(run, { machine }, { signal }) {
    await restoreContainer(run, machine, 'etcd', signal);
  },
});

function specOf({ cluster }: ClusterRun, { machine, files }: MachineState, start: EtcdStart) {
  return etcdContainer(cluster, machine, files, start);
}

function healthyMs(run: ClusterRun): number {
  return run.cluster.spec.timeouts.etcdHealthy * 1000;
}

async function ownMember(run: ClusterRun, machine: string, signal: AbortSignal): Promise<EtcdMember | undefined> {
  const own = machinesWith(run.cluster, 'etcd').find(({ name }) => name === machine);
  const members = await run.etcd.members(machine, signal);
  return own && members.find(({ peerUrls }) => peerUrls.includes(peerUrl(own)));
}

/** Announces the member before it starts. Found again by its peer address, so a crash in between does no harm. */
async function joinAsLearner(run: ClusterRun, machine: Machine, { signal, log }: StepContext) {
  const helper = await healthyHelper(run, machine, signal);
  const isOwn = ({ peerUrls }: EtcdMember): boolean => peerUrls.includes(peerUrl(machine));
  let members = await run.etcd.members(helper.name, signal);
  if (!members.some(isOwn)) {
    log(`${machine.name}: joining etcd as a learner through ${helper.name}`);
    await run.etcd.addLearner(helper.name, peerUrl(machine), signal);
    members = await run.etcd.members(helper.name, signal);
  }
  return members.map((member) =>
    isOwn(member) ? initialMember(machine) : { name: member.name, peerUrl: member.peerUrls[0] ?? '' },
  );
}

async function promoteWhenReady(run: ClusterRun, machine: Machine, { signal, log }: StepContext): Promise<void> {
  const helper = await healthyHelper(run, machine, signal);
  const wait = { what: `etcd on ${machine.name} has caught up`, withinMs: healthyMs(run), signal, clock: run.clock };
  await until(wait, async () => {
    const members = await run.etcd.members(helper.name, signal);
    const own = members.find(({ peerUrls }) => peerUrls.includes(peerUrl(machine)));
    if (!own) return { met: false, seen: 'it is not a member' };
    if (!own.learner) return { met: true, seen: 'it votes' };
    try {
      await run.etcd.promote(helper.name, own.id, signal);
      log(`${machine.name}: etcd member promoted`);
      return { met: true, seen: 'promoted' };
    } catch (error) {
      // etcd refuses until the learner has nearly all of the leader's log.
      if (error instanceof SlipwayError && error.data.retry === 'backoff')
        return { met: false, seen: error.data.cause };
      throw error;
    }
  });
}

/** @throws `container.etcd_at_risk` */
async function healthyHelper(run: ClusterRun, machine: Machine, signal: AbortSignal): Promise<Machine> {
  const { healthy, sick } = await otherMembers(run, machine, signal);
  const [helper] = healthy;
  if (!helper)
    throw containerErrors.etcd_at_risk({ machine: machine.name, others: sick.join('; ') || 'there are none' });
  return helper;
}

/** Stopping one more member of a cluster that already misses one can cost the quorum. */
async function othersHealthyBeforeReplacing(
  run: ClusterRun,
  state: MachineState,
  name: string,
  { signal }: StepContext,
): Promise<void> {
  const found = await run.docker.inspect(state.machine.name, name, signal);
  if (!found?.running) return;
  const spec = specOf(run, state, { members: [], state: 'new' });
  if ((await checkContainer(run, state.machine.name, spec, signal)).kind === 'done') return;
  const own = await run.etcd.health(state.machine.name, signal);
  const { sick } = await otherMembers(run, state.machine, signal);
  // One that is sick itself gives nothing away: replacing it may be the cure.
  if (own.healthy && sick.length > 0) {
    throw containerErrors.etcd_at_risk({ machine: state.machine.name, others: sick.join('; ') });
  }
}
