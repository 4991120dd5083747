import type { TimelineBar } from '#shared/run/timeline.ts';
import { planIndex, type RunView } from '#shared/run/view.ts';

/**
 * What the end of the run waited for, first step first: from the step that ended last back to the one that ended last of
 * those that it stands behind, and so on. One look at each step's own needs.
 */
export function criticalPath(view: RunView, bars: readonly TimelineBar[]): readonly TimelineBar[] {
  const byStep = new Map(bars.map((bar) => [bar.step, bar]));
  const places = planIndex(view.plan).steps;
  const latest = (some: readonly TimelineBar[]): TimelineBar | undefined =>
    some.reduce<TimelineBar | undefined>((last, bar) => (last && endOf(last) >= endOf(bar) ? last : bar), undefined);
  const path: TimelineBar[] = [];
  const seen = new Set<string>();
  for (let bar = latest(bars); bar && !seen.has(bar.step);) {
    seen.add(bar.step);
    path.unshift(bar);
    const step = view.plan.steps[places.get(bar.step) ?? -1];
    bar = latest(
      [...(step?.needs ?? []), ...(step?.after ?? [])].flatMap((id) => {
        const before = byStep.get(id);
        return before ? [before] : [];
      }),
    );
  }
  return path;
}

/** What still runs ends after everything else. */
const endOf = ({ endedAt }: TimelineBar): number => endedAt ?? Infinity;
