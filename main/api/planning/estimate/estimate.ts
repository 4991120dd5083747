import type { Clock } from '#main/engine/clock.ts';
import type { Concurrency } from '#main/engine/lanes.ts';
import type { Plan } from '#main/engine/plan.ts';
import type { StepForecast } from '#main/engine/preview.ts';
import { schedule } from './schedule.ts';
import { typicalMs } from './typical-durations.ts';

/** How long a run will take. `typical`: nothing like it was finished here before. */
export interface Estimate {
  readonly ms: number;
  readonly basis: 'history' | 'typical';
}

/** A look at what is so already, and phases that only look: a few round trips. */
const lookMs = 300;

/** A thousand machines have ten thousand steps: others work after so many of them. */
const stepsAtOnce = 500;

/**
 * Lets others work in between.
 * @param earlier durations of steps by phase: see `earlierDurations`.
 * @throws the signal's reason.
 */
export async function estimateRun(
  plan: Plan,
  preview: readonly StepForecast[],
  earlier: ReadonlyMap<string, number>,
  concurrency: Concurrency,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Promise<Estimate> {
  const already = new Set(preview.flatMap(({ kind, step }) => (kind === 'already' ? [step.id] : [])));
  const scheduled = schedule(
    plan.steps,
    ({ id, phase }) => (already.has(id) ? lookMs : (earlier.get(phase) ?? typicalMs.get(phase) ?? lookMs)),
    concurrency,
  );
  let ms = 0;
  let steps = 0;
  for (const { endMs } of scheduled) {
    ms = endMs;
    steps += 1;
    if (steps % stepsAtOnce === 0) await clock.sleep(0, signal);
  }
  return { ms: Math.round(ms), basis: earlier.size > 0 ? 'history' : 'typical' };
}
