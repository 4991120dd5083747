import type { Artefact } from '#shared/run/events.ts';
import type { ClusterRun } from './cluster.ts';

/**
 * What exists on machines because of us, in the inventory: recorded before it is made, forgotten after it is gone. A
 * record may so outlive its object, an object never lacks its record. For containers this is what can be shown while a
 * machine is away; for files, which carry no label, it is also what tells ours from others.
 */
export function recordContainer(run: ClusterRun, machine: string, name: string): Promise<void> {
  return run.inventory.recordArtefacts([containerArtefact(machine, name)]);
}

export function forgetContainer(run: ClusterRun, machine: string, name: string): Promise<void> {
  return run.inventory.forgetArtefacts([containerArtefact(machine, name)]);
}

/** Only files that are not there yet: one that was there before us is not ours, even when we change it. */
export async function recordFiles(
  run: Pick<ClusterRun, 'inventory'>,
  machine: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length > 0) await run.inventory.recordArtefacts(paths.map((path) => fileArtefact(machine, path)));
}

export async function forgetFiles(run: ClusterRun, machine: string, paths: readonly string[]): Promise<void> {
  if (paths.length > 0) await run.inventory.forgetArtefacts(paths.map((path) => fileArtefact(machine, path)));
}

/** Names of the containers that are recorded of a machine. */
export function recordedContainers(artefacts: readonly Artefact[], machine: string): ReadonlySet<string> {
  return keysOf(artefacts, 'container', machine, `${machine}/`);
}

/** Absolute paths. */
export function recordedFiles(artefacts: readonly Artefact[], machine: string): ReadonlySet<string> {
  return keysOf(artefacts, 'file', machine, machine);
}

function keysOf(artefacts: readonly Artefact[], kind: string, machine: string, prefix: string): ReadonlySet<string> {
  const own = artefacts.filter((artefact) => artefact.kind === kind && artefact.where === machine);
  return new Set(own.map(({ key }) => key.slice(prefix.length)));
}

function containerArtefact(machine: string, name: string): Artefact {
  return { kind: 'container', key: `${machine}/${name}`, where: machine };
}

function fileArtefact(machine: string, path: string): Artefact {
  return { kind: 'file', key: `${machine}${path}`, where: machine };
}
