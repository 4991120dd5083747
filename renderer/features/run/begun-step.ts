import type { StepView } from '#shared/run/view.ts';

/** A step with a bar on the time line. */
export type BegunStep = Extract<StepView, { readonly startedAt: number | undefined }> & { readonly startedAt: number };

export function hasBegun(step: StepView): step is BegunStep {
  return 'startedAt' in step && step.startedAt !== undefined;
}

/** In epoch ms; `now` of what still runs. */
export function endOf(step: BegunStep, now: number): number {
  return 'endedAt' in step ? step.endedAt : now;
}
