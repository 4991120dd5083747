import { stepOf, stepsOf } from '#shared/run/view.ts';
import type { RunView, StepView } from '#shared/run/view.ts';

/** One step of the chain that decided when the run ended. */
export interface PathStep {
  readonly step: string;
  /** From the end of the step that it waited for to its own end: what would be won if it took no time. */
  readonly ms: number;
}

/**
 * The chain of steps, each started by the end of the one before, that ends with the run's last step. Their times add up
 * to the whole run.
 */
export function criticalPath(view: RunView): readonly PathStep[] {
  const path: PathStep[] = [];
  let current = latest(stepsOf(view));
  while (current) {
    const planned = view.plan.steps.find(({ id }) => id === current?.id);
    const before = latest([...(planned?.needs ?? []), ...(planned?.after ?? [])].map((id) => stepOf(view, id)));
    const from = (before && endOf(before)) ?? view.startedAt ?? 0;
    path.unshift({ step: current.id, ms: (endOf(current) ?? from) - from });
    current = before;
  }
  return path;
}

function latest(steps: readonly (StepView | undefined)[]): StepView | undefined {
  return steps
    .filter((step) => step !== undefined)
    .reduce<StepView | undefined>(
      (best, step) => ((endOf(step) ?? 0) > ((best && endOf(best)) ?? -1) ? step : best),
      undefined,
    );
}

function endOf(step: StepView): number | undefined {
  return 'endedAt' in step ? step.endedAt : undefined;
}
