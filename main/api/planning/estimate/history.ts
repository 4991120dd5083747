import { stepsOf, type RunView } from '#shared/run/view.ts';
import type { RunViews } from '#main/api/runs/run-views.ts';
import type { World } from '#main/api/world.ts';

/** So many of the newest runs say how long a step takes here: older ones had other machines and images. */
const mostRuns = 5;

/**
 * Median duration of one step by phase, in ms, over the newest runs of this operation that have succeeded, whatever their
 * cluster. Only steps that changed something count: a look is quicker.
 */
export async function earlierDurations(
  { store }: Pick<World, 'store'>,
  views: RunViews,
  operation: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const durations = new Map<string, number[]>();
  for (const { runId } of store.runs.newest(operation, 'succeeded', mostRuns)) {
    for (const [phase, ms] of stepDurations(await views.current(runId, signal))) {
      const known = durations.get(phase);
      if (known) known.push(ms);
      else durations.set(phase, [ms]);
    }
  }
  return new Map([...durations].map(([phase, all]) => [phase, median(all)]));
}

function stepDurations(view: RunView): readonly (readonly [string, number])[] {
  return stepsOf(view).flatMap((step) => {
    return step.status === 'succeeded' && step.applied ? [[step.phase, step.endedAt - step.startedAt] as const] : [];
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
