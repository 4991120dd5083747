import PQueue from 'p-queue';
import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { until } from '#main/engine/until.ts';
import { portErrors } from '#shared/errors/port.ts';
import { forgetContainer } from '../artefacts.ts';
import { type ClusterRun, machineNamed } from '../cluster.ts';
import { createHelper, removeHelper, removeOwn, runToEnd, specHash } from '../containers.ts';
import {
  blockedPorts,
  isReachable,
  type MachineState,
  type MachineStates,
  type PairCheck,
  pairsToCheck,
} from '../network/check-plan.ts';
import {
  checkAnswers,
  type CheckAnswer,
  checkerName,
  pairsPerChecker,
  portChecker,
  targetOf,
} from '../network/port-checker.ts';
import { listenerName, listenerState, portListener } from '../network/port-listener.ts';
import { portOwners } from '../network/running-planes.ts';
import { ensureDockerImage } from '../nodes/pull-image.ts';
import { systemImage } from '../releases/images.ts';

/** A listener on each port that the planes of one machine will use; where a plane runs already, it is left alone. */
export const startPortListeners = definePhase<ClusterRun, { readonly machine: string }>({
  id: 'start-port-listeners',
  title: 'Port checks: listen',
  async check(run, { machine }, { signal }) {
    const containers = await run.docker.list(machine, signal);
    const { free } = portOwners(run.cluster, machineNamed(run.cluster, machine), containers);
    if (free.length === 0) return done('its planes run already');
    const { spec } = portListener(run.cluster, machineNamed(run.cluster, machine), free);
    const found = containers.find(({ name }) => name === listenerName);
    const listens = found?.running && found.owner === run.cluster.id && found.specHash === specHash(spec);
    return listens ? done('it listens already') : todo(`${free.length} ports to be listened on`);
  },
  async apply(run, { machine }, context) {
    await ensureDockerImage(run, machine, systemImage(run.cluster, 'nginx'), context);
    const target = machineNamed(run.cluster, machine);
    const containers = await run.docker.list(machine, context.signal);
    const { free } = portOwners(run.cluster, target, containers);
    const { spec, files } = portListener(run.cluster, target, free);
    await createHelper(run, machine, spec, context.signal);
    await run.docker.upload(machine, spec.name, files, context.signal);
    await run.docker.start(machine, spec.name, context.signal);
  },
  verify: (run, { machine }, context) => waitUntilListening(run, machine, context),
  undo: (run, { machine }, { signal }) => removeOwn(run, machine, listenerName, signal),
});

/** From every machine to the ports that it needs on the others; all blocked pairs in one report. */
export const checkPorts = definePhase<ClusterRun, Record<string, never>>({
  id: 'check-ports',
  title: 'Port checks: connect',
  async check(run, _input, context) {
    const states = await look(run, context);
    if (states.size === 0) return todo('no machine could be asked yet');
    const building = [...states.values()].some(({ free }) => free.length > 0);
    return building ? todo('some machines do not run their planes yet') : done('every plane runs already');
  },
  async apply(run, _input, context) {
    const { checks, unchecked } = pairsToCheck(run.cluster, await look(run, context));
    if (unchecked.length > 0) context.warn(`Ports of these machines were not all checked: ${unchecked.join(', ')}.`);
    const blocked: { readonly pair: PairCheck; readonly answer: CheckAnswer }[] = [];
    let finished = 0;
    await onMachines(run, [...Map.groupBy(checks, ({ from }) => from)], async ([machine, pairs]) => {
      const answers = await dial(run, machine, pairs, context);
      blocked.push(...answers.filter(({ pair, answer }) => !isReachable(pair, answer)));
      finished += pairs.length;
      context.progress({ label: 'connections', done: finished, total: checks.length, unit: 'objects' });
    });
    if (blocked.length > 0) throw blockedPorts(run.cluster, blocked.sort(byPair));
  },
  /** Reached only when every connection worked; what may be left is a checker that a crash left behind. */
  async verify(run, _input, context) {
    await onMachines(run, run.cluster.machines, async ({ name }) => {
      await ifReachable(name, context, () => removeOwn(run, name, checkerName, context.signal));
    });
  },
});

/** Also removes what a crash left behind. Runs whatever the checks said: a listener holds the ports of the planes. */
export const stopPortListeners = definePhase<ClusterRun, { readonly machine: string }>({
  id: 'stop-port-listeners',
  title: 'Port checks: tidy up',
  async check(run, { machine }, { signal }) {
    const found = await ownHelpers(run, machine, signal);
    return found.length > 0 ? todo(`${found.join(', ')} to be removed`) : done('nothing is left of the port checks');
  },
  async apply(run, { machine }, { signal }) {
    for (const name of await ownHelpers(run, machine, signal)) await run.docker.remove(machine, name, signal);
  },
  async verify(run, { machine }, { signal }) {
    const [left] = await ownHelpers(run, machine, signal);
    if (left !== undefined) throw portErrors.helper_left({ machine, name: left });
    for (const name of [listenerName, checkerName]) await forgetContainer(run, machine, name);
  },
});

async function waitUntilListening(run: ClusterRun, machine: string, context: StepContext): Promise<void> {
  const { signal } = context;
  const wait = {
    what: `the port listener on ${machine} listens`,
    withinMs: run.cluster.spec.timeouts.portCheck * 1000,
    signal,
    clock: run.clock,
  };
  await until(wait, async () => {
    const found = await run.docker.inspect(machine, listenerName, signal);
    const lines = await run.docker.logs(machine, listenerName, 50, signal);
    const { listening, portsInUse } = listenerState(lines);
    if (portsInUse.length > 0) {
      const address = machineNamed(run.cluster, machine).internalIp;
      // It keeps trying for a while; the ports that are free must not stay taken after this failure.
      await removeHelper(run, machine, listenerName);
      throw portErrors.in_use({ machine, address, ports: portsInUse.map((port) => `port ${port}`).join(', ') });
    }
    if (!found?.running) {
      const reason = found ? `it ended with exit code ${found.exitCode}` : 'the container is gone';
      throw portErrors.listener_failed({ machine, reason }, { lastLines: lines });
    }
    return { met: listening, seen: lines.at(-1) ?? 'no output yet' };
  });
}

async function look(run: ClusterRun, context: StepContext): Promise<MachineStates> {
  const states = new Map<string, MachineState>();
  await onMachines(run, run.cluster.machines, async (machine) => {
    await ifReachable(machine.name, context, async () => {
      const containers = await run.docker.list(machine.name, context.signal);
      const listener = containers.find(({ name }) => name === listenerName);
      const listening = listener?.running === true && listener.owner === run.cluster.id;
      states.set(machine.name, { ...portOwners(run.cluster, machine, containers), listening });
    });
  });
  return states;
}

async function dial(
  run: ClusterRun,
  machine: string,
  pairs: readonly PairCheck[],
  context: StepContext,
): Promise<readonly { readonly pair: PairCheck; readonly answer: CheckAnswer }[]> {
  await ensureDockerImage(run, machine, systemImage(run.cluster, 'nginx'), context);
  const answered: { readonly pair: PairCheck; readonly answer: CheckAnswer }[] = [];
  for (let start = 0; start < pairs.length; start += pairsPerChecker) {
    const some = pairs.slice(start, start + pairsPerChecker);
    const { exitCode, lines } = await runToEnd(run, machine, portChecker(run.cluster, some), context);
    const answers = checkAnswers(lines);
    for (const pair of some) {
      const answer = answers.get(targetOf(run.cluster, pair));
      if (!answer) throw portErrors.checker_failed({ machine, exitCode }, { lastLines: lines.slice(-20) });
      answered.push({ pair, answer });
    }
  }
  return answered;
}

/** A machine that cannot be asked is left out here, with a line: its own step fails with the reason. */
async function ifReachable(machine: string, context: StepContext, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    context.signal.throwIfAborted();
    context.log(`${machine} cannot be asked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function onMachines<T>(run: ClusterRun, targets: readonly T[], act: (target: T) => Promise<void>): Promise<void> {
  const queue = new PQueue({ concurrency: run.cluster.spec.concurrency.machines });
  const ended = await Promise.allSettled(targets.map((target) => queue.add(() => act(target))));
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

async function ownHelpers(run: ClusterRun, machine: string, signal: AbortSignal): Promise<readonly string[]> {
  const containers = await run.docker.list(machine, signal);
  return containers
    .filter(({ name, owner }) => owner === run.cluster.id && (name === listenerName || name === checkerName))
    .map(({ name }) => name)
    .sort();
}

function byPair(a: { readonly pair: PairCheck }, b: { readonly pair: PairCheck }): number {
  const key = ({ pair }: { readonly pair: PairCheck }): string =>
    `${pair.from} ${pair.to} ${pair.protocol} ${String(pair.port).padStart(5, '0')}`;
  return key(a) < key(b) ? -1 : 1;
}
