import { type Concurrency, createLanes } from '#main/engine/lanes.ts';
import type { PlannedStep } from '#main/engine/plan.ts';

interface Waiting {
  readonly step: PlannedStep;
  open: number;
}

/**
 * How long the steps take when each takes so long, with the runner's own order and limits: along the graph, and no more at
 * once than the lanes let through. Pure.
 */
export function scheduledMs(
  steps: readonly PlannedStep[],
  durationMs: (step: PlannedStep) => number,
  concurrency: Concurrency,
): number {
  const lanes = createLanes<Waiting>(concurrency);
  const { waiting, followers } = graphOf(steps);
  let active: { readonly end: number; readonly item: Waiting }[] = [];
  let now = 0;
  for (const item of waiting) if (item.open === 0) lanes.enqueue(item.step, item);
  for (;;) {
    for (const item of lanes.take()) active.push({ end: now + durationMs(item.step), item });
    if (active.length === 0) return now;
    now = Math.min(...active.map(({ end }) => end));
    const ended = active.filter(({ end }) => end === now);
    active = active.filter(({ end }) => end > now);
    for (const { item } of ended) {
      lanes.leave(item.step);
      for (const follower of followers.get(item.step.id) ?? []) {
        follower.open -= 1;
        if (follower.open === 0) lanes.enqueue(follower.step, follower);
      }
    }
  }
}

function graphOf(steps: readonly PlannedStep[]) {
  const known = new Set(steps.map(({ id }) => id));
  const followers = new Map<string, Waiting[]>();
  const waiting = steps.map((step): Waiting => {
    const before = new Set([...step.needs, ...step.after].filter((id) => known.has(id)));
    const item = { step, open: before.size };
    for (const id of before) {
      const after = followers.get(id);
      if (after) after.push(item);
      else followers.set(id, [item]);
    }
    return item;
  });
  return { waiting, followers };
}
