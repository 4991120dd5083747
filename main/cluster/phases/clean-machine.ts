import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { SlipwayError } from '#shared/errors/define.ts';
import { removalErrors } from '#shared/errors/removal.ts';
import type { Artefact } from '#shared/run/events.ts';
import { recordedContainers, recordedFiles } from '../artefacts.ts';
import type { ClusterRun } from '../cluster.ts';
import { containerdConfigPath, daemonJsonPath, preparationUnit, unitFolder } from '../nodes/node-files.ts';
import type { Leftovers } from '../ports.ts';
import { leftoversOf } from '../removal/leftovers.ts';
import { fileRemoval, foldersOf, pathsToRead } from '../removal/own-files.ts';

type Input = {
  readonly machine: string;
  /** One that cannot be reached is forgotten, with a warning that names what stays there. */
  readonly forgetUnreachable: boolean;
};

/**
 * Takes a machine that was there before out of the cluster: what stays is a machine with Docker and containerd. Where
 * nothing of ours was ever recorded nothing is looked for, so it may be away or belong to somebody else by now.
 */
export const cleanMachine = definePhase<ClusterRun, Input>({
  id: 'clean-machine',
  title: 'Clean machines',
  async check(run, { machine, forgetUnreachable }, { signal }) {
    const { artefacts } = await ours(run, machine);
    if (artefacts.length === 0) return done('nothing of ours is there');
    const problem = await unreachable(run, machine, signal);
    if (!problem) return todo(`${String(artefacts.length)} containers and files of ours are recorded`);
    if (forgetUnreachable) return todo('it cannot be reached and is given up');
    throw removalErrors.not_reached({ machine }, { cause: problem });
  },
  async apply(run, { machine, forgetUnreachable }, context) {
    const { artefacts, containers, files, leftovers } = await ours(run, machine);
    const problem = await unreachable(run, machine, context.signal);
    if (problem && !forgetUnreachable) throw removalErrors.not_reached({ machine }, { cause: problem });
    if (problem) {
      context.warn(givenUp(machine, containers, files));
      await run.inventory.forgetArtefacts(artefacts);
      return;
    }
    await removeContainers(run, machine, containers, context);
    const onLine = (line: string): void => context.log(`${machine}: ${line}`);
    await run.machines.removeLeftovers(machine, leftovers, onLine, context.signal);
    await removeFiles(run, machine, files, context);
    await restartRuntimes(run, machine, { containers, files }, context);
  },
  /** What is recorded is forgotten only here: until it was seen to be gone, the next run has to find it. */
  async verify(run, { machine }, { signal }) {
    const { artefacts, containers, files, leftovers } = await ours(run, machine);
    if (artefacts.length === 0) return; // given up
    const [own, left, found] = await Promise.all([
      ownContainers(run, machine, containers, signal),
      run.machines.leftovers(machine, leftovers, signal),
      run.machines.readFiles(machine, pathsToRead(files), signal),
    ]);
    const { remove } = fileRemoval(machine, files, found, run.cluster.spec.registries);
    const there = [...own.map((name) => `container ${name}`), ...left, ...remove.filter((path) => found.has(path))];
    if (there.length > 0) {
      const shown = there.slice(0, 5).join(', ');
      const more = there.length > 5 ? ` and ${String(there.length - 5)} more` : '';
      throw removalErrors.left_behind({ machine, left: `${shown}${more}` }, { lastLines: there });
    }
    await run.inventory.forgetArtefacts(artefacts);
  },
});

interface Ours {
  readonly artefacts: readonly Artefact[];
  readonly containers: ReadonlySet<string>;
  /** Absolute paths. */
  readonly files: ReadonlySet<string>;
  readonly leftovers: Leftovers;
}

async function ours(run: ClusterRun, machine: string): Promise<Ours> {
  const artefacts = (await run.inventory.artefacts()).filter(({ where }) => where === machine);
  const containers = recordedContainers(artefacts, machine);
  const files = recordedFiles(artefacts, machine);
  return { artefacts, containers, files, leftovers: leftoversOf(run.cluster, containers) };
}

/** Why it lets nobody in. Whatever goes wrong after that is no reason to give a machine up. */
async function unreachable(run: ClusterRun, machine: string, signal: AbortSignal): Promise<SlipwayError | undefined> {
  try {
    await run.machines.inspect(machine, signal);
    return undefined;
  } catch (error) {
    if (error instanceof SlipwayError && error.code.startsWith('ssh.')) return error;
    throw error;
  }
}

function givenUp(machine: string, containers: ReadonlySet<string>, files: ReadonlySet<string>): string {
  const named = [...containers].sort().join(', ');
  return (
    `${machine} cannot be reached and was given up. When it comes back, its Docker starts what is there ` +
    `(${named || 'no container'}); ${String(files.size)} files of ours and the data of its pods stay, too.`
  );
}

async function removeContainers(
  run: ClusterRun,
  machine: string,
  recorded: ReadonlySet<string>,
  context: StepContext,
): Promise<void> {
  for (const name of await ownContainers(run, machine, recorded, context.signal)) {
    context.log(`${machine}: removing ${name}`);
    await run.docker.remove(machine, name, context.signal);
  }
}

/**
 * By their owner label, also what is stopped, set aside or was left behind. The kubelet first: it would start its pods
 * anew. Pods that run in Docker itself carry the kubelet's label and not ours.
 */
async function ownContainers(
  run: ClusterRun,
  machine: string,
  recorded: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // None was ever made, so Docker may not even be installed.
  if (recorded.size === 0) return [];
  const inDocker = run.cluster.release.dialect.runtime.kind === 'dockershim' && recorded.has('kubelet');
  const found = await run.docker.list(machine, signal);
  const own = found.filter(
    ({ owner, labels }) => owner === run.cluster.id || (inDocker && 'io.kubernetes.pod.uid' in labels),
  );
  const first = (name: string): number => (name.includes('kubelet') ? 0 : 1);
  return own.map(({ name }) => name).sort((a, b) => first(a) - first(b) || (a < b ? -1 : 1));
}

async function removeFiles(
  run: ClusterRun,
  machine: string,
  recorded: ReadonlySet<string>,
  context: StepContext,
): Promise<void> {
  if (recorded.size === 0) return;
  const found = await run.machines.readFiles(machine, pathsToRead(recorded), context.signal);
  const { restore, remove, kept } = fileRemoval(machine, recorded, found, run.cluster.spec.registries);
  kept.forEach((text) => context.warn(text));
  if (restore.length > 0) await run.machines.writeFiles(machine, restore, context.signal);
  if (recorded.has(`${unitFolder}/${preparationUnit}`)) {
    await run.machines.removeService(machine, preparationUnit, context.signal);
  }
  await run.machines.removeFiles(machine, remove, foldersOf(recorded), context.signal);
}

/** They run on with the configuration that they have read, and containerd's CRI still knows the pods. */
async function restartRuntimes(
  run: ClusterRun,
  machine: string,
  { containers, files }: Pick<Ours, 'containers' | 'files'>,
  context: StepContext,
): Promise<void> {
  const changed = (path: string): boolean => pathsToRead(files).includes(path);
  if (changed(containerdConfigPath) || containers.has('kubelet')) {
    context.log(`${machine}: restarting containerd`);
    await run.machines.ensureService(machine, 'containerd.service', { restart: true }, context.signal);
  }
  if (!changed(daemonJsonPath)) return;
  const others = (await run.docker.list(machine, context.signal)).filter(({ running }) => running);
  if (others.length === 0) {
    context.log(`${machine}: restarting Docker`);
    await run.machines.ensureService(machine, 'docker.service', { restart: true }, context.signal);
    return;
  }
  // Without our live-restore a restart would end them. Docker reads all but the log options at a reload.
  await run.machines.reloadService(machine, 'docker.service', context.signal);
  const names = others.map(({ name }) => name).join(', ');
  context.warn(
    `Docker on ${machine} was not restarted, because ${names} runs there: its old log options count from its next start on.`,
  );
}
