import type { Concurrency } from '#main/engine/lanes.ts';
import type { Plan } from '#main/engine/plan.ts';
import type { StepForecast } from '#main/engine/preview.ts';
import { scheduledMs } from './schedule.ts';
import { typicalMs } from './typical-durations.ts';

/** How long a run will take. `typical`: nothing like it was finished here before. */
export interface Estimate {
  readonly ms: number;
  readonly basis: 'history' | 'typical';
}

/** A look at what is so already, and phases that only look: a few round trips. */
const lookMs = 300;

/** @param earlier durations of steps by phase: see `earlierDurations`. */
export function estimateRun(
  plan: Plan,
  preview: readonly StepForecast[],
  earlier: ReadonlyMap<string, number>,
  concurrency: Concurrency,
): Estimate {
  const already = new Set(preview.flatMap(({ kind, step }) => (kind === 'already' ? [step.id] : [])));
  const ms = scheduledMs(
    plan.steps,
    ({ id, phase }) => (already.has(id) ? lookMs : (earlier.get(phase) ?? typicalMs.get(phase) ?? lookMs)),
    concurrency,
  );
  return { ms: Math.round(ms), basis: earlier.size > 0 ? 'history' : 'typical' };
}
