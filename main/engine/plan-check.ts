import { engineErrors } from '#shared/errors/engine.ts';
import type { Plan, PlannedStep } from './plan.ts';

/**
 * Refuses a plan that could not be run to its end: a bug in an operation, or a journaled plan of another version.
 * @throws `engine.duplicate_step`, `engine.unknown_phase`, `engine.unknown_dependency`, `engine.cycle`.
 */
export function checkPlan(plan: Plan, phases: ReadonlyMap<string, unknown>): void {
  const steps = new Map<string, PlannedStep>();
  const shown = new Set(plan.phases.map(({ id }) => id));
  for (const step of plan.steps) {
    if (steps.has(step.id)) throw engineErrors.duplicate_step({ step: step.id });
    steps.set(step.id, step);
    if (!phases.has(step.phase) || !shown.has(step.phase)) {
      throw engineErrors.unknown_phase({ step: step.id, phase: step.phase });
    }
  }
  for (const step of plan.steps) {
    const dependency = dependenciesOf(step).find((id) => !steps.has(id));
    if (dependency !== undefined) throw engineErrors.unknown_dependency({ step: step.id, dependency });
  }
  const circle = findCircle(steps);
  if (circle) throw engineErrors.cycle({ steps: circle.join(' → ') });
}

/** Steps in an order in which each comes after all that it waits for; those in or behind a circle are left out. */
export function inOrder(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const open = new Map(steps.map((step) => [step.id, dependenciesOf(step).length]));
  const dependents = new Map<string, PlannedStep[]>(steps.map(({ id }) => [id, []]));
  for (const step of steps) for (const id of dependenciesOf(step)) dependents.get(id)?.push(step);
  const order = steps.filter(({ id }) => open.get(id) === 0);
  // The list grows while it is walked: each step is appended when the last one it waits for has been reached.
  for (const step of order) {
    for (const dependent of dependents.get(step.id) ?? []) {
      const left = (open.get(dependent.id) ?? 0) - 1;
      open.set(dependent.id, left);
      if (left === 0) order.push(dependent);
    }
  }
  return order;
}

/** One circle, its first step repeated at the end. */
function findCircle(steps: ReadonlyMap<string, PlannedStep>): readonly string[] | undefined {
  const free = new Set(inOrder([...steps.values()]).map(({ id }) => id));
  if (free.size === steps.size) return undefined;
  // Every step that is not free waits for another one that is not free: following these must come round.
  const path: string[] = [];
  let id = [...steps.keys()].find((each) => !free.has(each));
  while (id !== undefined && !path.includes(id)) {
    path.push(id);
    const step = steps.get(id);
    id = step && dependenciesOf(step).find((each) => !free.has(each));
  }
  return id === undefined ? path : [...path.slice(path.indexOf(id)), id];
}

function dependenciesOf(step: PlannedStep): readonly string[] {
  return [...step.needs, ...step.after];
}
