import type { PlanView, Target } from '#shared/run/events.ts';

export interface GridRow {
  readonly target: Target;
  /** Kind and name: the name alone may be that of several objects. */
  readonly key: string;
  /** Its name does not say what it is: it is no machine, or something else has the same name. */
  readonly needsKind: boolean;
  /** Index of the step into the plan for each phase, in the plan's order of phases; `undefined` where there is none. */
  readonly steps: readonly (number | undefined)[];
}

const grids = new WeakMap<PlanView, readonly GridRow[]>();

/** Who has which steps. Made once per plan: it is the same for every view of the run. */
export function stepGrid(plan: PlanView): readonly GridRow[] {
  const known = grids.get(plan);
  if (known) return known;
  const phases = new Map(plan.phases.map(({ id }, at) => [id, at]));
  const rows = new Map<string, { readonly target: Target; readonly steps: (number | undefined)[] }>();
  for (const [at, { phase, target }] of plan.steps.entries()) {
    const column = phases.get(phase);
    if (column === undefined) continue;
    const key = `${target.kind}/${target.name}`;
    const row = rows.get(key) ?? { target, steps: plan.phases.map(() => undefined) };
    row.steps[column] ??= at;
    rows.set(key, row);
  }
  const named = Map.groupBy(rows.values(), ({ target }) => target.name);
  const grid = [...rows].map(([key, { target, steps }]): GridRow => {
    const needsKind = target.kind !== 'machine' || (named.get(target.name)?.length ?? 0) > 1;
    return { target, key, needsKind, steps };
  });
  grids.set(plan, grid);
  return grid;
}
