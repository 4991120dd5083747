import type { Target } from '#shared/run/events.ts';
import type { PlannedStep } from './plan.ts';

/** How many steps may run at the same time. */
export interface Concurrency {
  /** On machines. */
  readonly machines: number;
  /** Through the cluster's API; 16 when left out. */
  readonly cluster?: number;
  /** On the person's own computer; 4 when left out. */
  readonly local?: number;
  /** Against one vCenter; 8 when left out. */
  readonly vcenter?: number;
  /** Tighter limits of single phases, by phase id: image pulls from one registry. */
  readonly phases?: Readonly<Record<string, number>>;
}

/** Bounds what runs at once, per kind of target and per phase. First come, first served; each call costs the same. */
export interface Lanes<Item> {
  enqueue(step: PlannedStep, item: Item): void;
  /** Takes all that may start now; each holds its place until `leave`. */
  take(): readonly Item[];
  leave(step: PlannedStep): void;
  /** How many wait for a place. */
  waiting(): number;
}

interface Gate {
  readonly limit: number;
  active: number;
}

interface Lane<Item> {
  readonly gates: readonly Gate[];
  items: Item[];
  /** Index of the first item that waits: taking from the front of an array would cost its length each time. */
  next: number;
}

/** Steps at the same time, by kind of target. */
export function limitsOf(concurrency: Concurrency): Readonly<Record<Target['kind'], number>> {
  const { machines, cluster = 16, local = 4, vcenter = 8 } = concurrency;
  return { machine: machines, cluster, local, vcenter };
}

export function createLanes<Item>(concurrency: Concurrency): Lanes<Item> {
  const limits = limitsOf(concurrency);
  const kinds: Readonly<Record<Target['kind'], Gate>> = {
    machine: { limit: limits.machine, active: 0 },
    cluster: { limit: limits.cluster, active: 0 },
    local: { limit: limits.local, active: 0 },
    vcenter: { limit: limits.vcenter, active: 0 },
  };
  const phases = new Map(
    Object.entries(concurrency.phases ?? {}).map(([phase, limit]): [string, Gate] => [phase, { limit, active: 0 }]),
  );
  const lanes = new Map<string, Lane<Item>>();

  // A phase with a limit has a lane of its own, so that what waits for it holds up nobody else.
  const laneOf = ({ phase, target }: PlannedStep): Lane<Item> => {
    const own = phases.get(phase);
    const name = own ? `${target.kind} ${phase}` : target.kind;
    let lane = lanes.get(name);
    if (!lane)
      lanes.set(name, (lane = { gates: own ? [kinds[target.kind], own] : [kinds[target.kind]], items: [], next: 0 }));
    return lane;
  };

  return {
    enqueue: (step, item) => void laneOf(step).items.push(item),
    take: () => [...lanes.values()].flatMap(takeFrom),
    leave: (step) => {
      for (const gate of laneOf(step).gates) gate.active -= 1;
    },
    waiting: () => lanes.values().reduce((sum, { items, next }) => sum + items.length - next, 0),
  };
}

function takeFrom<Item>(lane: Lane<Item>): readonly Item[] {
  const room = Math.min(...lane.gates.map(({ limit, active }) => limit - active));
  const taken = lane.items.slice(lane.next, lane.next + Math.max(0, room));
  for (const gate of lane.gates) gate.active += taken.length;
  lane.next += taken.length;
  if (lane.next === lane.items.length) {
    lane.items = [];
    lane.next = 0;
  }
  return taken;
}
