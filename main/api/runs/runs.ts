import * as v from 'valibot';
import type { ClusterRun } from '#main/cluster/cluster.ts';
import { planCreate } from '#main/cluster/operations/create.ts';
import type { Finding } from '#main/cluster/vsphere-port.ts';
import { previewPlan } from '#main/engine/preview.ts';
import { resumeRun, runPlan } from '#main/engine/runner.ts';
import { runErrors } from '#shared/errors/run.ts';
import { driveRun, limitsFor, machinesOf, newRunId, openSession, phases } from './drive-run.ts';
import { estimateRun } from '#main/api/planning/estimate/estimate.ts';
import { earlierDurations } from '#main/api/planning/estimate/history.ts';
import { joinedMachines } from './joined-machines.ts';
import { planFindings, type StepWarning } from '#main/api/planning/plan-findings.ts';
import { makesOf } from '#main/api/planning/plan-makes.ts';
import { clusterNamed } from '#main/api/clusters/queries.ts';
import { forgetRemoved } from './removal.ts';
import { readSpec, RunDocument, toJson } from './run-document.ts';
import type { RunViews } from './run-views.ts';
import type { Interaction, PlanResult, RunControl, RunObserver, RunResult, SpecSource } from '#main/api/slipway.ts';
import { watchRun } from './watch-run.ts';
import type { World } from '#main/api/world.ts';

/** Looks at everything the plan would touch and changes nothing, not even the inventory. */
export async function planRun(
  world: World,
  views: RunViews,
  source: SpecSource,
  interaction: Interaction,
  signal: AbortSignal,
): Promise<PlanResult> {
  const { document, warnings } = readSpec(world.store, source);
  const known = world.store.clusters.find(document.spec.metadata.name);
  const machines = machinesOf(world, known?.id ?? 'c-new', document);
  const found: StepWarning[] = [];
  const vcenter: Finding[] = [];
  await using session = await openSession(world, machines, interaction, '', signal);
  const { cluster } = session.run;
  const plan = planCreate(cluster, { joined: known ? joinedMachines(world.store, known.id) : new Set() });
  await session.connectAll(signal);
  const preview = await previewPlan({
    plan,
    phases,
    ports: withPreflightSeen(session.run, (findings) => vcenter.push(...findings)),
    concurrency: { machines: cluster.spec.concurrency.machines },
    signal,
    onWarning: (step, text) => found.push({ step, text }),
  });
  const earlier = await earlierDurations(world, views, plan.operation, signal);
  return {
    clusterId: known?.id,
    plan,
    preview,
    warnings: [...warnings, ...new Set(found.map(({ text }) => text))],
    findings: planFindings(preview, found, vcenter),
    makes: makesOf(cluster, preview),
    estimate: estimateRun(plan, preview, earlier, limitsFor(cluster)),
  };
}

/** Nothing is made during a look, so the cluster stays what it is. */
function withPreflightSeen(run: ClusterRun, onFindings: (findings: readonly Finding[]) => void): ClusterRun {
  const { vsphere } = run;
  if (!vsphere) return run;
  const preflight: typeof vsphere.preflight = async (request, signal) => {
    const findings = await vsphere.preflight(request, signal);
    onFindings(findings);
    return findings;
  };
  return { ...run, vsphere: { ...vsphere, preflight } };
}

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
  const result = await driveRun(world, { runId, machines, interaction, observer, control }, (options) =>
    resumeRun({ ...options, run: { runId, clusterId } }),
  );
  return forgetRemoved(world, clusterId, result);
}
