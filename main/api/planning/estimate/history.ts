import { stepsOf, type RunView } from '#shared/run/view.ts';
import type { RunViews } from '#main/api/runs/run-views.ts';
import type { World } from '#main/api/world.ts';

/** So many of the newest runs say how long a step takes here: older ones had other machines and images. */
const mostRuns = 5;

/**
 * Median duration of one step by phase, in ms, over the newest runs of this operation that have succeeded, whatever their
 * cluster. Only steps that changed something count: a look is quicker. Lets others work after each run and each phase: five
 * runs on a thousand machines have fifty thousand steps.
 */
export async function earlierDurations(
  { store, clock }: Pick<World, 'store' | 'clock'>,
  views: RunViews,
  operation: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const durations = new Map<string, number[]>();
  for (const { runId } of store.runs.newest(operation, 'succeeded', mostRuns)) {
    addDurations(durations, await views.current(runId, signal));
    await clock.sleep(0, signal);
  }
  const medians = new Map<string, number>();
  for (const [phase, all] of durations) {
    medians.set(phase, median(all));
    await clock.sleep(0, signal);
  }
  return medians;
}

function addDurations(durations: Map<string, number[]>, view: RunView): void {
  for (const step of stepsOf(view)) {
    if (step.status !== 'succeeded' || !step.applied) continue;
    const known = durations.get(step.phase);
    const ms = step.endedAt - step.startedAt;
    if (known) known.push(ms);
    else durations.set(step.phase, [ms]);
  }
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort(); // of numbers, without a call for each pair
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
