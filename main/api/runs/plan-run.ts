import { planCreate } from '#main/cluster/operations/create.ts';
import type { ClusterRun } from '#main/cluster/cluster.ts';
import type { Finding } from '#main/cluster/vsphere-port.ts';
import type { Plan } from '#main/engine/plan.ts';
import { previewPlan, type StepForecast } from '#main/engine/preview.ts';
import { type Estimate, estimateRun } from '#main/api/planning/estimate/estimate.ts';
import { earlierDurations } from '#main/api/planning/estimate/history.ts';
import { type PlanFinding, planFindings, type StepWarning } from '#main/api/planning/plan-findings.ts';
import { type Makes, makesOf } from '#main/api/planning/plan-makes.ts';
import type { World } from '#main/api/world.ts';
import { limitsFor, machinesOf, openSession, phases } from './drive-run.ts';
import type { Interaction } from './interaction.ts';
import { joinedMachines } from './joined-machines.ts';
import { readSpec, type SpecSource } from './run-document.ts';
import type { RunViews } from './run-views.ts';

export interface PlanResult {
  readonly clusterId: string | undefined;
  readonly plan: Plan;
  /** One per step, in the plan's order. */
  readonly preview: readonly StepForecast[];
  readonly warnings: readonly string[];
  /** What the look found wrong, errors first. */
  readonly findings: readonly PlanFinding[];
  readonly makes: Makes;
  readonly estimate: Estimate;
}

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
    estimate: await estimateRun(plan, preview, earlier, limitsFor(cluster), world.clock, signal),
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
