import { planRemove, type RemoveOptions } from '#main/cluster/operations/remove.ts';
import type { Plan } from '#main/engine/plan.ts';
import { runPlan } from '#main/engine/runner.ts';
import { runErrors } from '#shared/errors/run.ts';
import { type Drive, type Driven, driveRun, knownMachines, newRunId } from './drive-run.ts';
import { clusterNamed } from '#main/api/clusters/cluster-named.ts';
import { type RunDocument, toJson } from './run-document.ts';
import { documentsOf } from './run-documents.ts';
import type { RunControl, RunObserver, RunResult } from './driving.ts';
import type { Interaction } from './interaction.ts';
import type { World } from '#main/api/world.ts';

export interface RemovalPlan {
  readonly steps: Plan['steps'];
}

/** What `startRemoval` would do, by the inventory alone. */
export function planRemoval(world: World, name: string | undefined): RemovalPlan {
  const { id, spec, release } = clusterNamed(world, name);
  const { build, records } = knownMachines(world.store, id, { spec, release, folder: '/' });
  return { steps: planRemove(build(records)).steps };
}

/** Removes what was made for a cluster, cleans the machines that were there before, and forgets it. */
export async function startRemoval(
  world: World,
  name: string | undefined,
  options: RemoveOptions,
  interaction: Interaction,
  observer: RunObserver,
  control: RunControl,
): Promise<RunResult> {
  const { id: clusterId, spec, release } = clusterNamed(world, name);
  const busy = world.store.leases.current(clusterId);
  if (busy) throw runErrors.busy({ cluster: spec.metadata.name, run: busy.runId });
  const runId = newRunId(world);
  const document: RunDocument = { spec, release, folder: documentsOf(world, clusterId).next().value?.folder ?? '/' };
  const machines = knownMachines(world.store, clusterId, document);
  return driveRemoval(world, { runId, machines, interaction, observer, control }, (runner) => {
    const plan = planRemove(runner.ports.cluster, options);
    return runPlan({ ...runner, run: { runId, clusterId, document: toJson(document) }, plan });
  });
}

/** A removal, new or resumed. Last of all it forgets the cluster: as long as anything of it exists, its records do. */
export async function driveRemoval(world: World, driven: Driven, drive: Drive): Promise<RunResult> {
  const journal = world.store.removalJournal(driven.machines.clusterId);
  const result = await driveRun(world, driven, (runner) => drive({ ...runner, journal }));
  return { ...result, exists: journal.leftBehind() ?? result.exists };
}
