import type { PhaseView, RunView } from './view.ts';

/** How long the run has been worked on, in ms. The time between a crash and the resume does not count. */
export function runElapsedMs(view: RunView, now: number): number {
  if (view.sessionStartedAt === undefined) return 0;
  return view.earlierMs + Math.max(0, (view.endedAt ?? now) - view.sessionStartedAt);
}

/** From the phase's first start to its last end, in ms; 0 before the first. */
export function phaseElapsedMs(phase: PhaseView, now: number): number {
  return phase.startedAt === undefined ? 0 : Math.max(0, (phase.endedAt ?? now) - phase.startedAt);
}
