import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '#main/engine/clock.ts';
import type { Phase } from '#main/engine/phase.ts';
import type { Plan, PlannedStep } from '#main/engine/plan.ts';
import { resumeRun, runPlan } from '#main/engine/runner.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { countedAs, phaseStatus, waitingCounts } from '#shared/run/phase-status.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import { stepsOf } from '#shared/run/view.ts';
import type { Counts, RunView } from '#shared/run/view.ts';
import { autoClock } from '#test/fakes/clock.ts';
import { makeThing, phaseMap, toyPlan, toyRun, toyStep, toyWorld } from './toy.ts';
import type { Mood, ToyPorts } from './toy.ts';

interface Case {
  readonly plan: Plan;
  readonly moods: Readonly<Record<string, Mood>>;
  readonly machines: number;
  /** How long each call of a thing takes, so that steps overtake one another. */
  readonly delays: readonly number[];
}

/** Up to 14 steps; each may wait for any earlier ones. */
const cases: fc.Arbitrary<Case> = fc
  .array(
    fc.record({
      needs: fc.nat(2 ** 14 - 1),
      after: fc.nat(2 ** 14 - 1),
      sparse: fc.nat(2 ** 14 - 1),
      mood: fc.oneof(
        { weight: 6, arbitrary: fc.constant<Mood>('fine') },
        { weight: 1, arbitrary: fc.constantFrom<Mood>('already', 'broken', 'flaky') },
      ),
      phase: fc.constantFrom('make-thing', 'make-other'),
      kind: fc.constantFrom('machine' as const, 'cluster' as const),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      machines: fc.integer({ min: 1, max: 4 }),
      delays: fc.array(fc.nat(50), { minLength: 3, maxLength: 7 }),
    }),
  )
  .map(({ rows, machines, delays }) => {
    const earlier = (mask: number, below: number) =>
      rows.slice(0, below).flatMap((_, index) => (mask & (1 << index) ? [`s${index}`] : []));
    const steps = rows.map(({ needs, after, sparse, phase, kind }, index) =>
      toyStep(`s${index}`, {
        phase,
        target: { kind, name: `s${index}` },
        needs: earlier(needs & sparse, index),
        after: earlier(after & ~needs & sparse, index),
      }),
    );
    const moods = Object.fromEntries(rows.map(({ mood }, index) => [`s${index}`, mood]));
    return { plan: toyPlan(steps), moods, machines, delays };
  });

const phases = phaseMap<ToyPorts>(makeThing, { ...makeThing, id: 'make-other' });

class Killed extends Error {}

/** A world whose calls take time; `before` sees every call and every journal entry and may throw. */
function setUp({ plan, moods, machines, delays }: Case) {
  const world = toyWorld(moods);
  const clock = autoClock(0);
  const calls = { count: 0 };
  const run = toyRun(world, plan, clock);
  const process = (killAt: number, cancelAt = Infinity, more: Partial<typeof run.options> = {}) => {
    const cancel = new AbortController();
    let own = 0;
    const live = () => {
      if (own >= killAt) throw new Killed();
      own += 1;
      calls.count += 1;
      if (own === cancelAt) cancel.abort();
    };
    const options = {
      ...run.options,
      phases,
      concurrency: { machines, cluster: 2 },
      ports: slowPorts(world.ports, clock, delays, live),
      journal: {
        ...run.journal,
        append: (...args: Parameters<typeof run.journal.append>) => {
          live();
          return run.journal.append(...args);
        },
      },
      signals: { cancel: cancel.signal, leave: run.leave.signal },
      ...more,
    };
    return run.journal.load('r-1') ? resumeRun(options) : runPlan(options);
  };
  return { ...run, world, process, calls, events: () => run.journal.events('r-1') };
}

function slowPorts(ports: ToyPorts, clock: Clock, delays: readonly number[], live: () => void): ToyPorts {
  let count = 0;
  const slow = async <T>(act: () => Promise<T>): Promise<T> => {
    live();
    count += 1;
    await clock.sleep(delays[count % delays.length] ?? 0, new AbortController().signal);
    live(); // a change must not happen after its process has died
    return act();
  };
  const { things } = ports;
  return {
    things: {
      parts: (thing) => slow(() => things.parts(thing)),
      add: (thing, part) => slow(() => things.add(thing, part)),
      use: (thing) => slow(() => things.use(thing)),
    },
  };
}

const endOf = (view: RunView) => ({
  status: view.status,
  steps: stepsOf(view).map(({ id, status }) => `${id} ${status}`),
});
const forever = Infinity;

describe('a run of any graph', () => {
  it('starts a step only after all that it needs has succeeded and all that it comes after has ended', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const run = setUp(given);
        await run.process(forever);
        const good = new Set<string>();
        const ended = new Set<string>();
        for (const event of run.events()) {
          if (event.type === 'step.checking') {
            const step = stepIn(given.plan, event.step);
            expect(step.needs.filter((id) => !good.has(id))).toEqual([]);
            expect(step.after.filter((id) => !ended.has(id))).toEqual([]);
          }
          if (event.type === 'step.succeeded' || event.type === 'step.skipped') good.add(event.step);
          if (isEnd(event)) ended.add(event.step);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('runs every step but those behind a failure, and says of these by whom they are blocked', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const run = setUp(given);
        const { outcome, view } = await run.process(forever);
        const expected = new Map<string, string>();
        for (const { id, needs } of given.plan.steps) {
          const bad = needs.some((need) => ['failed', 'blocked'].includes(expected.get(need) ?? ''));
          const mood = given.moods[id];
          const own = mood === 'already' ? 'skipped' : mood === 'broken' ? 'failed' : 'succeeded';
          expected.set(id, bad ? 'blocked' : own);
        }
        expect(Object.fromEntries(stepsOf(view).map(({ id, status }) => [id, status]))).toEqual(
          Object.fromEntries(expected),
        );
        expect(outcome).toBe([...expected.values()].includes('failed') ? 'failed' : 'succeeded');
        for (const step of stepsOf(view)) {
          if (step.status !== 'blocked') continue;
          const { needs } = stepIn(given.plan, step.id);
          expect(step.by.length).toBeGreaterThan(0);
          expect(step.by.filter((id) => !needs.includes(id) || !/failed|blocked/.test(expected.get(id) ?? ''))).toEqual(
            [],
          );
        }
      }),
      { numRuns: 150 },
    );
  });

  it('keeps to the number of steps at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.integer({ min: 1, max: 2 }), async (given, others) => {
        const active = { machine: 0, cluster: 0, other: 0 };
        const most = { machine: 0, cluster: 0, other: 0 };
        const counting = (phase: typeof makeThing): typeof makeThing => ({
          ...phase,
          async check(ports, input, context) {
            const { target } = stepIn(given.plan, input.thing);
            const gates = [
              target.kind === 'machine' ? ('machine' as const) : ('cluster' as const),
              ...(phase.id === 'make-other' ? (['other'] as const) : []),
            ];
            for (const gate of gates) most[gate] = Math.max(most[gate], (active[gate] += 1));
            try {
              return await phase.check(ports, input, context);
            } finally {
              for (const gate of gates) active[gate] -= 1;
            }
          },
        });
        const watched = phaseMap<ToyPorts>(...[...phases.values()].map((phase) => counting(phase as typeof makeThing)));
        await setUp(given).process(forever, forever, {
          phases: watched as ReadonlyMap<string, Phase<ToyPorts, never>>,
          concurrency: { machines: given.machines, cluster: 2, phases: { 'make-other': others } },
        } as never);
        expect(most.machine).toBeLessThanOrEqual(given.machines);
        expect(most.cluster).toBeLessThanOrEqual(2);
        expect(most.other).toBeLessThanOrEqual(others);
      }),
      { numRuns: 100 },
    );
  });

  it('ends the same however often it is killed, and repeats no finished change', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.array(fc.nat(60), { minLength: 1, maxLength: 4 }), async (given, kills) => {
        const undisturbed = setUp(given);
        const expected = await undisturbed.process(forever);

        const run = setUp(given);
        for (const killAt of kills) {
          await run.process(killAt).catch((thrown: unknown) => {
            if (!(thrown instanceof Killed)) throw thrown;
            run.leases.died('slipway up');
          });
        }
        const before = run.journal.load('r-1')?.events ?? [];
        const end = await run.process(forever);
        expect(endOf(end.view)).toEqual(endOf(expected.view));
        expect(run.world.snapshot()).toEqual(undisturbed.world.snapshot());
        expect([...run.world.mutations()].sort()).toEqual([...undisturbed.world.mutations()].sort());
        const finished = new Set(before.flatMap((event) => (isGoodEnd(event) ? [event.step] : [])));
        const after = run.events().slice(before.length);
        expect(after.filter((event) => 'step' in event && finished.has(event.step))).toEqual([]);
      }),
      { numRuns: 250 },
    );
  });

  it('ends every step when it is cancelled, starts none after that, and can be resumed', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(60), async (given, cancelAt) => {
        const run = setUp(given);
        const { outcome, view } = await run.process(forever, cancelAt);
        expect(stepsOf(view).filter((step) => !('endedAt' in step))).toEqual([]);
        expect(view.counts.cancelled > 0).toBe(outcome === 'cancelled');
        const types = run.events().map(({ type }) => type);
        const cancelling = types.indexOf('run.cancelling');
        if (cancelling !== -1) {
          expect(types.slice(cancelling)).not.toContain('step.checking');
          expect(types.slice(cancelling)).not.toContain('step.retrying');
        }
        const undisturbed = setUp(given);
        const expected = await undisturbed.process(forever);
        const resumed = await run.process(forever);
        expect(endOf(resumed.view)).toEqual(endOf(expected.view));
        expect(run.world.snapshot()).toEqual(undisturbed.world.snapshot());
      }),
      { numRuns: 150 },
    );
  });
});

describe('the events of a run of any graph', () => {
  it('give a consistent view at every point, and the same view again from the journal', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(60), fc.nat(60), async (given, killAt, cancelAt) => {
        const run = setUp(given);
        await run.process(killAt).catch(() => run.leases.died('slipway up'));
        const live = await run.process(forever, cancelAt);
        const events = run.events();
        let view = initialView();
        for (const event of events) {
          const before = JSON.stringify(view);
          const next = reduce(view, event);
          expect(JSON.stringify(view)).toBe(before); // pure
          expect(reduce(next, event)).toBe(next); // once more is harmless
          view = next;
          expectConsistent(view);
        }
        expect(view).toEqual(live.view);
        expect(run.seen).toEqual(events);
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      }),
      { numRuns: 100 },
    );
  });

  it('continue a view that was sent as JSON in the middle', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(100), async (given, at) => {
        const run = setUp(given);
        const { view } = await run.process(forever);
        const snapshot = run.events().slice(0, at).reduce(reduce, initialView());
        const received = JSON.parse(JSON.stringify(snapshot)) as RunView;
        expect(run.events().reduce(reduce, received)).toEqual(view);
      }),
      { numRuns: 50 },
    );
  });
});

function expectConsistent(view: RunView): void {
  const steps = stepsOf(view);
  expect(view.counts).toEqual(countAnew(steps));
  for (const phase of view.phases) {
    const own = steps.filter((step) => step.phase === phase.id);
    expect(phase.counts).toEqual(countAnew(own));
    expect(phase.status).toBe(phaseStatus(phase.counts));
    const open = own.some((step) => !('endedAt' in step));
    expect(phase.endedAt === undefined).toBe(open);
  }
  const ended = view.status === 'succeeded' || view.status === 'failed' || view.status === 'cancelled';
  expect(view.endedAt !== undefined).toBe(ended);
  if (ended) expect(view.counts.running + view.counts.waiting).toBe(0);
}

function countAnew(steps: readonly RunView['stepChunks'][number][number][]): Counts {
  const counts = { ...waitingCounts(steps.length), waiting: 0 };
  for (const step of steps) counts[countedAs(step)] += 1;
  return counts;
}

function stepIn(plan: Plan, id: string): PlannedStep {
  const step = plan.steps.find((each) => each.id === id);
  if (!step) throw new Error(`No step ${id}.`);
  return step;
}

function isGoodEnd(event: RunEvent): event is Extract<RunEvent, { type: 'step.succeeded' | 'step.skipped' }> {
  return event.type === 'step.succeeded' || event.type === 'step.skipped';
}

function isEnd(event: RunEvent): event is Extract<RunEvent, { type: `step.${string}` }> {
  return isGoodEnd(event) || ['step.failed', 'step.blocked', 'step.cancelled'].includes(event.type);
}
