import { done, todo, type CheckResult, type StepContext } from '#main/engine/phase.ts';
import { until, type Seen } from '#main/engine/until.ts';
import { containerErrors } from '#shared/errors/container.ts';
import { hasCode } from '#shared/errors/define.ts';
import { forgetContainer, recordContainer } from './artefacts.ts';
import type { ClusterRun } from './cluster.ts';
import { containerLabels, type ContainerSpec } from './container-spec.ts';
import type { FoundContainer } from './ports.ts';
import { sha256Hex } from './sha256.ts';

/** How a long-running container is replaced: the one before is kept, stopped, as `old-<name>` until the new one is healthy. */
export const setAsideName = (name: string): string => `old-${name}`;

const stopGraceSeconds = 10;
const logLines = 30;
/** Docker restarts a failing container after 0.1 s, 0.2 s, 0.4 s …: six restarts are about six seconds of failing. */
const restartsOfALoop = 6;

/**
 * Answers "must this container be replaced?". Stable: key order does not matter, and neither do values of flags that
 * are read at the very first start only.
 */
export function specHash(spec: ContainerSpec): string {
  const command = spec.command.map((argument) => {
    const flag = /^--([^=]+)=/.exec(argument)?.[1];
    return flag !== undefined && spec.firstStartOnly.includes(flag) ? `--${flag}` : argument;
  });
  return sha256Hex(stableJson({ ...spec, command }));
}

function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** @throws `container.foreign` when a container of that name belongs to somebody else. */
export async function checkContainer(
  run: ClusterRun,
  machine: string,
  spec: ContainerSpec,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { current, aside } = await look(run, machine, spec.name, signal);
  if (!current) return todo(`${spec.name} is missing`);
  if (current.specHash !== specHash(spec)) return todo(`${spec.name} has changed`);
  if (!current.running) return todo(`${spec.name} does not run`);
  // Without this a run that died before it removed the one before would leave it there for ever.
  if (aside) return todo(`${setAsideName(spec.name)} was left behind`);
  return done(`${spec.name} runs as wanted`);
}

/**
 * Makes a container with this very spec run. One with another spec is set aside first and is started again when the new
 * one cannot be created or started. The set-aside one stays until `settleContainer`.
 * @throws `container.foreign`, before anything is touched; `container.not_started`.
 */
export async function ensureContainer(
  run: ClusterRun,
  machine: string,
  spec: ContainerSpec,
  context: StepContext,
): Promise<void> {
  const { docker } = run;
  const { signal } = context;
  const { current, aside } = await look(run, machine, spec.name, signal);
  if (current?.specHash === specHash(spec)) {
    if (!current.running) await docker.start(machine, spec.name, signal);
    return;
  }
  if (current && aside) {
    // The one in the middle never became healthy: the set-aside one is the last good one.
    await docker.remove(machine, spec.name, signal);
  } else if (current) {
    context.log(`${machine}: setting ${spec.name} aside`);
    await docker.stop(machine, spec.name, stopGraceSeconds, signal);
    await recordContainer(run, machine, setAsideName(spec.name));
    await docker.rename(machine, spec.name, setAsideName(spec.name), signal);
  }
  try {
    context.log(`${machine}: starting ${spec.name} from ${spec.image}`);
    await create(run, machine, spec, signal);
    await docker.start(machine, spec.name, signal);
  } catch (error) {
    // A cancelled run leaves it as it is: the next check finds what is missing.
    if (signal.aborted) throw error;
    const restored = await restoreContainer(run, machine, spec.name, signal);
    throw containerErrors.not_started(
      { name: spec.name, machine, restored: restored ? 'runs again' : 'there was none' },
      { cause: error },
    );
  }
}

/** Starts the set-aside container again in place of the new one. `false` when there is none. */
export async function restoreContainer(
  run: ClusterRun,
  machine: string,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { current, aside } = await look(run, machine, name, signal);
  if (!aside) return false;
  if (current) await run.docker.remove(machine, name, signal);
  await run.docker.rename(machine, setAsideName(name), name, signal);
  await forgetContainer(run, machine, setAsideName(name));
  await run.docker.start(machine, name, signal);
  return true;
}

/** What a container must show before it counts as healthy. */
export interface HealthWait {
  /** A sentence: "kube-apiserver on node-1 is ready". */
  readonly what: string;
  readonly withinMs: number;
  readonly probe: (signal: AbortSignal) => Promise<Seen>;
}

/**
 * @throws `container.unhealthy` at the deadline, `container.restart_loop` as soon as it is clear; both with the
 *   container's last log lines.
 */
export async function waitHealthy(
  run: ClusterRun,
  machine: string,
  name: string,
  wait: HealthWait,
  context: StepContext,
): Promise<void> {
  const { signal } = context;
  let lookAgainAt = 0;
  let restartsBefore: number | undefined;
  const probe = async (): Promise<Seen> => {
    const seen = await wait.probe(signal);
    if (seen.met || run.clock.now() < lookAgainAt) return seen;
    lookAgainAt = run.clock.now() + 1000;
    const found = await run.docker.inspect(machine, name, signal);
    if (!found) return { met: false, seen: 'the container is gone' };
    restartsBefore ??= found.restartCount;
    const restarts = found.restartCount - restartsBefore;
    if (restarts >= restartsOfALoop) {
      throw containerErrors.restart_loop(
        { name, machine, restarts, exitCode: found.exitCode },
        { lastLines: await run.docker.logs(machine, name, logLines, signal) },
      );
    }
    return found.running ? seen : { met: false, seen: `the container has ended with exit code ${found.exitCode}` };
  };
  try {
    await until({ what: wait.what, withinMs: wait.withinMs, signal, clock: run.clock }, probe);
  } catch (error) {
    if (!hasCode(error, 'wait.deadline')) throw error;
    const lastLines = await run.docker.logs(machine, name, logLines, signal);
    const seen = error.data.params['seen'] ?? '';
    throw containerErrors.unhealthy({ name, machine, seen }, { cause: error, lastLines });
  }
}

/**
 * The end of a replacement: waits until the new container is healthy and then removes the set-aside one; when it does
 * not become healthy, the set-aside one is started again.
 * @throws as `waitHealthy`.
 */
export async function settleContainer(
  run: ClusterRun,
  machine: string,
  name: string,
  wait: HealthWait,
  context: StepContext,
): Promise<void> {
  const { signal } = context;
  try {
    await waitHealthy(run, machine, name, wait, context);
  } catch (error) {
    if (signal.aborted) throw error;
    if (await restoreContainer(run, machine, name, signal)) {
      context.warn(`${name} on ${machine} did not become healthy; the one before it runs again.`);
    }
    throw error;
  }
  const { aside } = await look(run, machine, name, signal);
  if (aside) await run.docker.remove(machine, aside.name, signal);
  await forgetContainer(run, machine, setAsideName(name)); // also when a run died between the two
}

/**
 * Runs a helper container to its end. It is always removed, and so is one that a crash left behind.
 * The caller judges the exit code.
 */
export async function runToEnd(
  run: ClusterRun,
  machine: string,
  spec: ContainerSpec,
  context: StepContext,
): Promise<{ readonly exitCode: number; readonly lines: readonly string[] }> {
  const { docker } = run;
  const { signal } = context;
  await createHelper(run, machine, spec, signal);
  try {
    await docker.start(machine, spec.name, signal);
    const { exitCode } = await docker.wait(machine, spec.name, signal);
    return { exitCode, lines: await docker.logs(machine, spec.name, 1000, signal) };
  } finally {
    await removeHelper(run, machine, spec.name);
  }
}

/** Creates (does not start) a helper container, after removing one of ours that a crash left behind. */
export async function createHelper(
  run: ClusterRun,
  machine: string,
  spec: ContainerSpec,
  signal: AbortSignal,
): Promise<void> {
  const found = await run.docker.inspect(machine, spec.name, signal);
  if (found) {
    refuseForeign(run, machine, found);
    await run.docker.remove(machine, spec.name, signal);
  }
  await create(run, machine, spec, signal);
}

/** Also after a cancel, so it does not take the step's signal: the adapter's own deadline ends it. */
export async function removeHelper(run: ClusterRun, machine: string, name: string): Promise<void> {
  await run.docker.remove(machine, name, new AbortController().signal);
  await forgetContainer(run, machine, name);
}

/** Removes a container of ours; a foreign one is left alone, and one that is gone already is forgotten. */
export async function removeOwn(run: ClusterRun, machine: string, name: string, signal: AbortSignal): Promise<void> {
  const found = await run.docker.inspect(machine, name, signal);
  if (found?.owner === run.cluster.id) await run.docker.remove(machine, name, signal);
  await forgetContainer(run, machine, name);
}

async function create(run: ClusterRun, machine: string, spec: ContainerSpec, signal: AbortSignal): Promise<void> {
  await recordContainer(run, machine, spec.name);
  await run.docker.create(machine, spec, ownLabels(run, spec), signal);
}

async function look(run: ClusterRun, machine: string, name: string, signal: AbortSignal) {
  const [current, aside] = await Promise.all(
    [name, setAsideName(name)].map(async (each) => run.docker.inspect(machine, each, signal)),
  );
  if (current) refuseForeign(run, machine, current);
  if (aside) refuseForeign(run, machine, aside);
  return { current, aside };
}

function refuseForeign(run: ClusterRun, machine: string, found: FoundContainer): void {
  if (found.owner === run.cluster.id) return;
  const owner = found.owner === undefined ? 'somebody else' : `cluster ${found.owner}`;
  throw containerErrors.foreign({ name: found.name, machine, owner });
}

function ownLabels(run: ClusterRun, spec: ContainerSpec): Record<string, string> {
  return { [containerLabels.owner]: run.cluster.id, [containerLabels.specHash]: specHash(spec) };
}
