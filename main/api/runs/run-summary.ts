import type { ClusterRecord } from '#main/store/inventory/clusters.ts';
import type { RunRecord } from '#main/store/runs/runs.ts';
import type { RunOutcome } from '#shared/run/events.ts';

export interface RunSummary {
  readonly runId: string;
  readonly clusterId: string;
  readonly clusterName: string;
  readonly operation: string;
  /** `interrupted`: no end was journaled and nobody drives it any more; `slipway resume` continues it. */
  readonly state: 'running' | 'interrupted' | RunOutcome;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

export function runSummary(run: RunRecord, cluster: Pick<ClusterRecord, 'name'>): RunSummary {
  const { runId, clusterId, operation, state, startedAt, endedAt } = run;
  return { runId, clusterId, clusterName: cluster.name, operation, state, startedAt, endedAt };
}
