import { type Concurrency, createLanes } from '#main/engine/lanes.ts';
import type { PlannedStep } from '#main/engine/plan.ts';

/** When one step runs; in ms from the start of the run. */
export interface ScheduledStep {
  readonly step: PlannedStep;
  readonly startMs: number;
  readonly endMs: number;
}

interface Waiting {
  readonly step: PlannedStep;
  /** How many of those that it waits for have not ended. */
  open: number;
  readonly followers: Waiting[];
}

interface Active {
  readonly waiting: Waiting;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * When the steps run when each takes so long, with the runner's own order and limits: along the graph, and no more at once
 * than the lanes let through. Pure, in the order of their ends, one at a time: ten thousand steps need not be one piece
 * of work. Each duration is asked for once, when the step begins.
 */
export function* schedule(
  steps: readonly PlannedStep[],
  durationMs: (step: PlannedStep) => number,
  concurrency: Concurrency,
): Generator<ScheduledStep, void> {
  const lanes = createLanes<Waiting>(concurrency);
  // The next to end stands last, where taking it costs nothing.
  const active: Active[] = [];
  const begin = (now: number): void => {
    for (const waiting of lanes.take())
      insert(active, { waiting, startMs: now, endMs: now + durationMs(waiting.step) });
  };
  for (const waiting of graphOf(steps)) if (waiting.open === 0) lanes.enqueue(waiting.step, waiting);
  begin(0);
  for (let next = active.pop(); next; next = active.pop()) {
    const { waiting, startMs, endMs } = next;
    yield { step: waiting.step, startMs, endMs };
    lanes.leave(waiting.step);
    for (const follower of waiting.followers) {
      follower.open -= 1;
      if (follower.open === 0) lanes.enqueue(follower.step, follower);
    }
    // What ends together makes room together.
    if (active.at(-1)?.endMs !== endMs) begin(endMs);
  }
}

function insert(active: Active[], one: Active): void {
  let low = 0;
  for (let high = active.length; low < high;) {
    const middle = (low + high) >>> 1;
    if ((active[middle]?.endMs ?? 0) > one.endMs) low = middle + 1;
    else high = middle;
  }
  active.splice(low, 0, one);
}

function graphOf(steps: readonly PlannedStep[]): Iterable<Waiting> {
  const all = new Map(steps.map((step): [string, Waiting] => [step.id, { step, open: 0, followers: [] }]));
  for (const waiting of all.values()) {
    // One that stands in both lists counts twice, and ends twice.
    for (const id of [...waiting.step.needs, ...waiting.step.after]) {
      const before = all.get(id);
      if (!before) continue; // the plan does not have it
      before.followers.push(waiting);
      waiting.open += 1;
    }
  }
  return all.values();
}
