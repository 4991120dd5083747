import { stepAt, type RunView } from '#shared/run/view.ts';
import { hasBegun, type BegunStep } from './begun-step.ts';
import { stepGrid, type GridRow } from './step-grid.ts';

/** The steps of one row that have begun, in the plan's order. */
export function begunSteps(view: RunView, row: GridRow): readonly BegunStep[] {
  return row.steps.flatMap((index) => {
    const step = index === undefined ? undefined : stepAt(view, index);
    return step && hasBegun(step) ? [step] : [];
  });
}

/** Who has begun something, in the order of the beginnings. The rows themselves are those of `stepGrid`. */
export function timelineRows(view: RunView): readonly GridRow[] {
  return stepGrid(view.plan)
    .flatMap((row) => {
      const at = begunSteps(view, row).reduce((first, { startedAt }) => Math.min(first, startedAt), Infinity);
      return at === Infinity ? [] : [{ row, at }];
    })
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);
}

/** Where the time line begins and ends, in epoch ms; never shorter than one. */
export function timelineSpan({ phases }: RunView, now: number): { readonly from: number; readonly to: number } {
  const begun = phases.flatMap(({ startedAt, endedAt }) => (startedAt === undefined ? [] : [{ startedAt, endedAt }]));
  const from = Math.min(...begun.map(({ startedAt }) => startedAt));
  return { from, to: Math.max(from + 1, ...begun.map(({ endedAt }) => endedAt ?? now)) };
}
