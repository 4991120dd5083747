import { schedule } from '#main/api/planning/estimate/schedule.ts';
import { typicalMs } from '#main/api/planning/estimate/typical-durations.ts';
import { planCreate } from '#main/cluster/operations/create.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';
import type { Plan, PlannedStep } from '#main/engine/plan.ts';
import type { NewRunEvent } from '#shared/run/events.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';

/** So many of a thousand machines have Docker already, so that not all steps look the same. */
const skippedPart = 10;
const lookMs = 300;

export interface LargeRun {
  readonly spec: ClusterSpec;
  readonly plan: Plan;
  /** Without `run.started`; ms from the start of the run, in order. */
  readonly events: readonly { readonly atMs: number; readonly event: NewRunEvent }[];
}

/** The create of so many machines, with its real plan; each step takes about what it takes in the recorded demo. */
export function largeRun(name: string, clusterId: string, machines: number): LargeRun {
  const spec = specOf(name, machines);
  const plan = planCreate(buildCluster(clusterId, spec, findRelease('v1.36.3'), new Map()), { joined: new Set() });
  const place = new Map(plan.steps.map(({ id }, at) => [id, at]));
  const skips = ({ id, phase }: PlannedStep): boolean =>
    phase === 'install-docker' && (place.get(id) ?? 0) % skippedPart === 0;
  const durationMs = (step: PlannedStep): number => {
    const spreadPercent = 70 + (((place.get(step.id) ?? 0) * 37) % 61);
    return skips(step) ? lookMs : Math.round(((typicalMs.get(step.phase) ?? lookMs) * spreadPercent) / 100);
  };
  const { machines: atOnce, pulls } = spec.spec.concurrency;
  const limits = { machines: atOnce, phases: { 'pull-images': pulls } };
  const events = [...schedule(plan.steps, durationMs, limits)].flatMap(({ step, startMs, endMs }) =>
    eventsOf(step.id, startMs, endMs, skips(step)),
  );
  return { spec, plan, events: events.toSorted((a, b) => a.atMs - b.atMs) };
}

function eventsOf(step: string, startMs: number, endMs: number, skipped: boolean): LargeRun['events'] {
  const looked = { atMs: startMs, event: { type: 'step.checking', step, attempt: 1 } } as const;
  if (skipped) return [looked, { atMs: endMs, event: { type: 'step.skipped', step, reason: 'Docker is there' } }];
  const at = (part: number): number => Math.round(startMs + part * (endMs - startMs));
  return [
    looked,
    { atMs: at(0.1), event: { type: 'step.applying', step, attempt: 1, reason: 'missing' } },
    { atMs: at(0.9), event: { type: 'step.verifying', step, attempt: 1 } },
    { atMs: endMs, event: { type: 'step.succeeded', step } },
  ];
}

function specOf(name: string, machines: number): ClusterSpec {
  return parseSpec({
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name },
    spec: {
      machines: Array.from({ length: machines }, (_, at) => ({
        name: `node-${String(at + 1).padStart(4, '0')}`,
        address: `10.20.${Math.floor(at / 250)}.${(at % 250) + 1}`,
        roles: at < 3 ? (['etcd', 'controlplane'] as const) : (['worker'] as const),
      })),
    },
  });
}
