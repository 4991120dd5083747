import type { Json } from '#shared/json.ts';
import type { PlanView, Target } from '#shared/run/events.ts';
import type { Phase } from './phase.ts';

/** One phase on one target: the unit of journal, retry and undo. */
export interface PlannedStep {
  /** `phase/target`, unique in the plan, stable over runs. */
  readonly id: string;
  readonly phase: string;
  readonly target: Target;
  /** Step ids that must have succeeded (or been skipped as already so) first; otherwise this step is `blocked`. */
  readonly needs: readonly string[];
  /** Step ids that must only have ended, whatever the outcome: "a failed worker does not stop the others". */
  readonly after: readonly string[];
  readonly input: Json;
  /** One sentence for the printed plan: what this step will change. */
  readonly changes: string;
}

/** The pure, printable result of spec + release + what exists. Journaled whole at the start of a run. */
export interface Plan {
  readonly operation: string;
  readonly clusterId: string;
  readonly phases: readonly { readonly id: string; readonly title: string }[];
  readonly steps: readonly PlannedStep[];
}

/**
 * A step while a plan is being built: tied to its phase, so that the input's type is checked.
 * `Ports` and the input are erased in the plan itself, which is data.
 */
export function planStep<Ports, Input extends Json>(
  phase: Phase<Ports, Input>,
  step: {
    readonly target: Target;
    readonly input: Input;
    readonly changes: string;
    readonly needs?: readonly string[];
    readonly after?: readonly string[];
  },
): PlannedStep {
  return {
    id: stepId(phase, step.target),
    phase: phase.id,
    target: step.target,
    needs: [...(step.needs ?? [])].sort(),
    after: [...(step.after ?? [])].sort(),
    input: step.input,
    changes: step.changes,
  };
}

export function stepId(phase: { readonly id: string }, target: Target): string {
  return `${phase.id}/${target.name}`;
}

/** What the person, the journal's first event and the reducer need of a plan: everything but the inputs. */
export function planView(plan: Plan): PlanView {
  return {
    operation: plan.operation,
    clusterId: plan.clusterId,
    phases: plan.phases,
    steps: plan.steps.map(({ id, phase, target, needs, after, changes }) => ({
      id,
      phase,
      target,
      needs,
      after,
      changes,
    })),
  };
}
