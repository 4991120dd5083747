/** A run that is at work, as `runs.active` tells it. */
export interface ActiveRun {
  readonly runId: string;
  readonly clusterName: string;
  readonly operation: string;
  /** In steps. */
  readonly progress: { readonly done: number; readonly total: number };
}

export interface RunFollower {
  /** All that are at work now: at once, and after each change. */
  changed(runs: readonly ActiveRun[]): void;
  /** It was at work and is no more, whoever drove it. */
  ended(run: ActiveRun): void;
}

export async function followActiveRuns(
  frames: AsyncIterable<{ readonly runs: readonly ActiveRun[] }>,
  follower: RunFollower,
): Promise<void> {
  let before: readonly ActiveRun[] = [];
  for await (const { runs } of frames) {
    follower.changed(runs);
    const now = new Set(runs.map(({ runId }) => runId));
    for (const run of before) if (!now.has(run.runId)) follower.ended(run);
    before = runs;
  }
}

/** How far all of them are together, 0 to 1; `undefined` when nothing is at work, or nobody knows its steps yet. */
export function shareDone(runs: readonly ActiveRun[]): number | undefined {
  const total = runs.reduce((sum, { progress }) => sum + progress.total, 0);
  if (total === 0) return undefined;
  return runs.reduce((sum, { progress }) => sum + progress.done, 0) / total;
}
