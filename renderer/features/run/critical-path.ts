import { planIndex, stepAt, stepsOf, type RunView, type StepView } from '#shared/run/view.ts';
import { hasBegun, type BegunStep } from './begun-step.ts';

/**
 * What the end of the run waited for, first step first: from the step that ended last back to the one that ended last of
 * those that it stands behind, and so on. One look at each step's own needs.
 */
export function criticalPath(view: RunView): readonly BegunStep[] {
  const places = planIndex(view.plan).steps;
  const path: BegunStep[] = [];
  const seen = new Set<string>();
  for (let step = lastOf(stepsOf(view)); step && !seen.has(step.id);) {
    seen.add(step.id);
    path.unshift(step);
    const planned = view.plan.steps[places.get(step.id) ?? -1];
    const before = [...(planned?.needs ?? []), ...(planned?.after ?? [])];
    step = lastOf(before.map((id) => stepAt(view, places.get(id) ?? -1)));
  }
  return path;
}

function lastOf(steps: readonly (StepView | undefined)[]): BegunStep | undefined {
  let last: BegunStep | undefined;
  for (const step of steps) if (step && hasBegun(step) && (!last || endOf(step) > endOf(last))) last = step;
  return last;
}

/** What still runs ends after everything else. */
const endOf = (step: BegunStep): number => ('endedAt' in step ? step.endedAt : Infinity);
