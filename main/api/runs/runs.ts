import * as v from 'valibot';
import { planCreate } from '#main/cluster/operations/create.ts';
import { resumeRun, runPlan } from '#main/engine/runner.ts';
import { runErrors } from '#shared/errors/run.ts';
import { clusterNamed } from '#main/api/clusters/cluster-named.ts';
import type { World } from '#main/api/world.ts';
import { driveRun, machinesOf, newRunId } from './drive-run.ts';
import type { RunControl, RunObserver, RunResult } from './driving.ts';
import type { Interaction } from './interaction.ts';
import { joinedMachines } from './joined-machines.ts';
import { driveRemoval } from './removal.ts';
import { readSpec, RunDocument, type SpecSource, toJson } from './run-document.ts';
import { watchRun } from './watch-run.ts';

/** Creates, or brings up to date. Follows the run of whoever is at work on the cluster already. */
export async function startRun(
  world: World,
  source: SpecSource,
  interaction: Interaction,
  observer: RunObserver,
  control: RunControl,
): Promise<RunResult> {
  const { document } = readSpec(world.store, source);
  const content = { spec: document.spec, release: document.release };
  const known = world.store.clusters.find(document.spec.metadata.name);
  const busy = known && world.store.leases.current(known.id);
  if (busy) return watchRun(world, { runId: busy.runId, clusterId: known.id }, observer, control);

  const record = known ?? world.store.clusters.create(content);
  const runId = newRunId(world);
  const machines = machinesOf(world, record.id, document);
  if (known) world.store.clusters.updateSpec(record.id, content);
  return driveRun(world, { runId, machines, interaction, observer, control }, (options) => {
    const plan = planCreate(options.ports.cluster, { joined: joinedMachines(world.store, record.id) });
    return runPlan({ ...options, run: { runId, clusterId: record.id, document: toJson(document) }, plan });
  });
}

/** Goes on with the run that is named, or with the cluster's last one. @throws `run.nothing_to_resume` */
export async function continueRun(
  world: World,
  which: { readonly cluster?: string; readonly run?: string },
  interaction: Interaction,
  observer: RunObserver,
  control: RunControl,
): Promise<RunResult> {
  const { store } = world;
  const record =
    which.run === undefined ? store.runs.last(clusterNamed(world, which.cluster).id) : store.runs.find(which.run);
  const journaled = record && store.journal.load(record.runId);
  if (!record || !journaled) throw runErrors.unknown({ run: which.run ?? which.cluster ?? 'the last one' });
  if (record.state === 'running') return watchRun(world, record, observer, control);
  if (record.state === 'succeeded') throw runErrors.nothing_to_resume({ run: record.runId });
  const document = v.parse(RunDocument, journaled.document);
  const { runId, clusterId } = record;
  const machines = machinesOf(world, clusterId, document);
  const driveIt = record.operation === 'remove' ? driveRemoval : driveRun;
  return driveIt(world, { runId, machines, interaction, observer, control }, (options) =>
    resumeRun({ ...options, run: { runId, clusterId } }),
  );
}
