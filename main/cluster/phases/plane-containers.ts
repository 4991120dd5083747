import { done, type CheckResult, type StepContext } from '#main/engine/phase.ts';
import type { Seen } from '#main/engine/until.ts';
import { certificateOf, type Material } from '../certificates/material.ts';
import { certificateNames } from '../certificates/names.ts';
import type { ClusterRun } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import { checkContainer, ensureContainer } from '../containers.ts';

/** The first thing that is not as wanted; all are asked at once. */
export async function checkContainers(
  run: ClusterRun,
  machine: string,
  specs: readonly ContainerSpec[],
  signal: AbortSignal,
): Promise<CheckResult> {
  const results = await Promise.all(specs.map((spec) => checkContainer(run, machine, spec, signal)));
  const names = specs.map(({ name }) => name).join(', ');
  return results.find(({ kind }) => kind === 'todo') ?? done(`${names} run as wanted`);
}

/** All at once: none of them needs another one to start, each waits for the API by itself. */
export async function ensureContainers(
  run: ClusterRun,
  machine: string,
  specs: readonly ContainerSpec[],
  context: StepContext,
): Promise<void> {
  await together(specs.map((spec) => ensureContainer(run, machine, spec, context)));
}

/** Ends when all have ended, then throws the first fault: nothing of a failed step goes on behind the runner's back. */
export async function together(works: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** A health endpoint on the machine's loopback. For https the server has to be of our cluster CA. */
export async function probeHealth(
  run: ClusterRun,
  machine: string,
  url: string,
  material: Material,
  signal: AbortSignal,
): Promise<Seen> {
  const ca = certificateOf(material, certificateNames.ca).certificatePem;
  const tls = url.startsWith('https:') ? { ca, serverName: 'localhost' } : undefined;
  const { status, body } = await run.probe.get(machine, url, tls, signal);
  return { met: status === 200, seen: status === 0 ? body : `HTTP ${String(status)}: ${body.slice(0, 200)}` };
}
