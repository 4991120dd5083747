import type { LogLine } from '#main/store/runs/run-log.ts';
import { runErrors } from '#shared/errors/run.ts';
import { clusterNamed } from '#main/api/clusters/cluster-named.ts';
import type { World } from '#main/api/world.ts';
import { runEnd } from './run-end.ts';

export interface LogSelection {
  readonly cluster?: string;
  readonly run?: string;
  readonly step?: string;
  /** To the end of the run. */
  readonly follow: boolean;
}

/** The lines of a run, the cluster's last one when none is named. @throws `run.unknown`, `store.cluster_unknown` */
export async function readLogs(
  world: World,
  which: LogSelection,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const { store } = world;
  const run =
    which.run === undefined ? store.runs.last(clusterNamed(world, which.cluster).id) : store.runs.find(which.run);
  if (!run) throw runErrors.unknown({ run: which.run ?? which.cluster ?? 'the last one' });
  const query = { step: which.step };
  if (!which.follow) {
    for (const line of (await store.readLog(run.runId, query)).lines) onLine(line);
    return;
  }
  using end = runEnd(world, run.runId, signal);
  // Told to stop, it reads once more, so the last lines of a run that has just ended are not lost.
  for await (const line of store.followLog(run.runId, query, end.signal)) onLine(line);
}
