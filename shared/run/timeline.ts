import type { Target } from './events.ts';
import { stepsOf } from './view.ts';
import type { PhaseView, RunView, StepState } from './view.ts';

/** One bar of the chart of who did what when. */
export interface TimelineBar {
  readonly step: string;
  readonly phase: string;
  readonly target: Target;
  readonly status: StepState['status'];
  /** Epoch ms. */
  readonly startedAt: number;
  /** `undefined` while it runs. */
  readonly endedAt: number | undefined;
}

/** Every step that has begun, in the order of their starts; steps that began together in the plan's order. */
export function timeline(view: RunView): readonly TimelineBar[] {
  return stepsOf(view)
    .flatMap((step): TimelineBar[] => {
      if (!('startedAt' in step) || step.startedAt === undefined) return [];
      const { id, phase, target, status, startedAt } = step;
      return [{ step: id, phase, target, status, startedAt, endedAt: 'endedAt' in step ? step.endedAt : undefined }];
    })
    .sort((a, b) => a.startedAt - b.startedAt);
}

/** How long the run has been worked on, in ms. The time between a crash and the resume does not count. */
export function runElapsedMs(view: RunView, now: number): number {
  if (view.sessionStartedAt === undefined) return 0;
  return view.earlierMs + Math.max(0, (view.endedAt ?? now) - view.sessionStartedAt);
}

/** From the phase's first start to its last end, in ms; 0 before the first. */
export function phaseElapsedMs(phase: PhaseView, now: number): number {
  return phase.startedAt === undefined ? 0 : Math.max(0, (phase.endedAt ?? now) - phase.startedAt);
}
