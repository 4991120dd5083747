import { memoryJournal, memoryLeases } from '#test/fakes/journal.ts';
import { autoClock } from '#test/fakes/clock.ts';
import type { Clock } from '#main/engine/clock.ts';
import { definePhase, done, todo } from '#main/engine/phase.ts';
import type { Phase } from '#main/engine/phase.ts';
import type { Plan, PlannedStep } from '#main/engine/plan.ts';
import type { RunnerOptions } from '#main/engine/runner.ts';
import { defineErrors } from '#shared/errors/define.ts';
import type { Json } from '#shared/json.ts';
import type { RunEvent } from '#shared/run/events.ts';

/** A world of things with two parts each, so that a crash can leave half a thing. */
export interface ToyPorts {
  readonly things: {
    parts(thing: string): Promise<readonly string[]>;
    add(thing: string, part: string): Promise<void>;
    /** Throws as the thing was told to. */
    use(thing: string): Promise<void>;
  };
}

export type Mood =
  | 'fine'
  /** Is there from the beginning. */
  | 'already'
  /** Cannot be used, ever. */
  | 'broken'
  /** Cannot be used the first two times. */
  | 'flaky';

export const toyErrors = defineErrors('toy', {
  broken: { params: ['thing'], cause: '{thing} is broken.', hint: 'Buy a new one.', retry: 'never' },
  busy: { params: ['thing'], cause: '{thing} is busy.', hint: 'Wait.', retry: 'backoff' },
  booting: { params: ['thing'], cause: '{thing} boots.', hint: 'Wait.', retry: 'while-booting' },
});

export function toyWorld(moods: Readonly<Record<string, Mood>> = {}) {
  const things = new Map<string, string[]>();
  const mutations: string[] = [];
  const uses = new Map<string, number>();
  for (const [thing, mood] of Object.entries(moods)) if (mood === 'already') things.set(thing, ['top', 'bottom']);
  const ports: ToyPorts = {
    things: {
      parts: async (thing) => {
        await Promise.resolve();
        return [...(things.get(thing) ?? [])];
      },
      add: async (thing, part) => {
        await Promise.resolve();
        const parts = things.get(thing) ?? [];
        mutations.push(`${thing}/${part}`);
        things.set(thing, [...parts, part]);
      },
      use: async (thing) => {
        await Promise.resolve();
        const count = (uses.get(thing) ?? 0) + 1;
        uses.set(thing, count);
        if (moods[thing] === 'broken') throw toyErrors.broken({ thing });
        if (moods[thing] === 'flaky' && count <= 2) throw toyErrors.busy({ thing });
      },
    },
  };
  return {
    ports,
    snapshot: (): Json => Object.fromEntries([...things].sort(([a], [b]) => (a < b ? -1 : 1))),
    mutations: (): readonly string[] => mutations,
  };
}

/** Makes a thing of two parts and looks whether it can be used. */
export const makeThing: Phase<ToyPorts, { readonly thing: string }> = definePhase({
  id: 'make-thing',
  title: 'Make things',
  async check({ things }, { thing }) {
    const parts = await things.parts(thing);
    return parts.length === 2 ? done('is there') : todo(`has ${parts.length} of 2 parts`);
  },
  async apply({ things }, { thing }) {
    const parts = await things.parts(thing);
    for (const part of ['top', 'bottom']) if (!parts.includes(part)) await things.add(thing, part);
  },
  async verify({ things }, { thing }) {
    await things.use(thing);
  },
});

export function phaseMap<Ports>(...phases: readonly Phase<Ports, Json>[]): ReadonlyMap<string, Phase<Ports, Json>> {
  return new Map(phases.map((phase) => [phase.id, phase]));
}

/** A step whose id is its thing's name. */
export function toyStep(thing: string, more: Partial<PlannedStep> = {}): PlannedStep {
  return {
    id: thing,
    phase: 'make-thing',
    target: { kind: 'machine', name: thing },
    needs: [],
    after: [],
    input: { thing },
    changes: `make ${thing}`,
    ...more,
  };
}

export function toyPlan(steps: readonly PlannedStep[]): Plan {
  const phases = [...new Set(steps.map(({ phase }) => phase))];
  return { operation: 'toy', clusterId: 'c-toy', phases: phases.map((id) => ({ id, title: id })), steps };
}

export const toyMeter = { start: () => ({ end: () => ({ peakRssBytes: 1, eventLoopDelayP99Ms: 2 }) }) };

/** Options for a run in a toy world; `seen` collects what the listener got. */
export function toyRun(world: { readonly ports: ToyPorts }, plan: Plan, clock: Clock = autoClock()) {
  const journal = memoryJournal(clock);
  const leases = memoryLeases();
  const cancel = new AbortController();
  const leave = new AbortController();
  const seen: RunEvent[] = [];
  const lines: string[] = [];
  const options = {
    run: { runId: 'r-1', clusterId: 'c-toy', document: null },
    plan,
    phases: phaseMap<ToyPorts>(makeThing),
    ports: world.ports,
    journal,
    leases: leases.of('slipway up'),
    clock,
    random: () => 0.5,
    meter: toyMeter,
    concurrency: { machines: 4 },
    signals: { cancel: cancel.signal, leave: leave.signal },
    onEvent: (event: RunEvent) => void seen.push(event),
    onLog: (step: string, line: string) => void lines.push(`${step}: ${line}`),
  } satisfies RunnerOptions<ToyPorts> & Record<string, unknown>;
  return { options, journal, leases, cancel, leave, seen, lines, clock };
}
