import type { StepView } from '#shared/run/view.ts';

/** In ms; `undefined` of a step that has not begun. */
export function stepElapsedMs(step: StepView, now: number): number | undefined {
  if (!('startedAt' in step) || step.startedAt === undefined) return undefined;
  return Math.max(0, ('endedAt' in step ? step.endedAt : now) - step.startedAt);
}
