import { describe, expect, it } from 'vitest';
import { definePhase, done, todo } from '#main/engine/phase.ts';
import type { Phase, StepContext } from '#main/engine/phase.ts';
import { defaultRetry } from '#main/engine/retry.ts';
import { resumeRun, runPlan } from '#main/engine/runner.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { stepOf, stepsOf, warningsOf } from '#shared/run/view.ts';
import { makeThing, phaseMap, toyErrors, toyPlan, toyRun, toyStep, toyWorld } from '#test/engine/toy.ts';
import type { ToyPorts } from '#test/engine/toy.ts';
import { autoClock, manualClock } from '#test/fakes/clock.ts';

/** As where an operation makes machines. */
const whileBooting = { ...defaultRetry, bootingMs: 5 * 60_000 };

type ThingPhase = Phase<ToyPorts, { readonly thing: string }>;

/** A run of one step `saw` whose phase differs from `makeThing` as given. */
function runWith(phase: Partial<ThingPhase>, clock = autoClock()) {
  const run = toyRun(toyWorld(), toyPlan([toyStep('saw')]), clock);
  return { ...run, options: { ...run.options, phases: phaseMap<ToyPorts>(definePhase({ ...makeThing, ...phase })) } };
}

const types = (events: readonly RunEvent[]) => events.map(({ type }) => type);
const statuses = (events: readonly RunEvent[]) =>
  events.flatMap((event) => ('step' in event ? [`${event.step} ${event.type.replace('step.', '')}`] : []));

describe('runPlan', () => {
  it('journals the intent before it changes anything and the end after verify', async () => {
    const world = toyWorld();
    const run = toyRun(world, toyPlan([toyStep('saw')]));
    const order: string[] = [];
    const { things } = world.ports;
    const ports: ToyPorts = {
      things: {
        parts: (thing) => (order.push('look'), things.parts(thing)),
        add: (thing, part) => (order.push('change'), things.add(thing, part)),
        use: (thing) => (order.push('use'), things.use(thing)),
      },
    };
    const append: typeof run.journal.append = (runId, events) => {
      order.push(...events.map(({ type }) => type));
      return run.journal.append(runId, events);
    };
    await runPlan({ ...run.options, ports, journal: { ...run.journal, append } });
    expect(order).toEqual([
      'step.checking',
      'look',
      'step.applying',
      'look',
      'change',
      'change',
      'step.verifying',
      'use',
      'step.succeeded',
      'run.finished',
    ]);
  });

  it('skips what is already so, with the reason, and counts no mutation', async () => {
    const run = toyRun(toyWorld({ saw: 'already' }), toyPlan([toyStep('saw')]));
    const { outcome, view } = await runPlan(run.options);
    expect(outcome).toBe('succeeded');
    expect(stepOf(view, 'saw')).toMatchObject({ status: 'skipped', reason: 'is there' });
    expect(view.metrics).toEqual({ elapsedMs: 0, peakRssBytes: 1, eventLoopDelayP99Ms: 2, mutations: 0 });
  });

  it('ends a plan without steps at once', async () => {
    const run = toyRun(toyWorld(), toyPlan([]));
    expect((await runPlan(run.options)).outcome).toBe('succeeded');
    expect(types(run.seen)).toEqual(['run.started', 'run.finished']);
  });

  it('refuses a plan with a fault before it takes the lease', async () => {
    const run = toyRun(toyWorld(), toyPlan([toyStep('saw', { needs: ['hammer'] })]));
    await expect(runPlan(run.options)).rejects.toMatchObject({ code: 'engine.unknown_dependency' });
    expect(run.journal.load('r-1')).toBeUndefined();
  });

  it('starts a step while an unrelated one still runs', async () => {
    const gate = Promise.withResolvers<void>();
    const world = toyWorld();
    const { things } = world.ports;
    const run = toyRun(world, toyPlan([toyStep('slow'), toyStep('saw'), toyStep('table', { needs: ['saw'] })]));
    const ports: ToyPorts = {
      things: { ...things, use: (thing) => (thing === 'slow' ? gate.promise : things.use(thing)) },
    };
    const onEvent = (event: RunEvent) => {
      if (event.type === 'step.succeeded' && event.step === 'table') gate.resolve();
    };
    expect((await runPlan({ ...run.options, ports, onEvent })).outcome).toBe('succeeded');
  });
});

describe('a failed step', () => {
  it('blocks what needs it, names itself there, and leaves the rest alone', async () => {
    const plan = toyPlan([
      toyStep('saw'),
      toyStep('table', { needs: ['saw'] }),
      toyStep('room', { needs: ['table'] }),
      toyStep('lamp', { after: ['saw', 'room'] }),
    ]);
    const run = toyRun(toyWorld({ saw: 'broken' }), plan);
    const { outcome, view } = await runPlan(run.options);
    expect(outcome).toBe('failed');
    expect(stepsOf(view)).toMatchObject([
      { status: 'failed', error: { code: 'toy.broken', cause: 'saw is broken.' } },
      { status: 'blocked', by: ['saw'] },
      { status: 'blocked', by: ['table'] },
      { status: 'succeeded' },
    ]);
  });

  it('with an error that says never is not tried again', async () => {
    const run = toyRun(toyWorld({ saw: 'broken' }), toyPlan([toyStep('saw')]));
    await runPlan(run.options);
    expect(types(run.seen)).not.toContain('step.retrying');
  });

  it('with something that is no error of ours is not tried again', async () => {
    const run = runWith({ check: () => Promise.reject(new RangeError('oops')) });
    const { view } = await runPlan(run.options);
    expect(stepOf(view, 'saw')).toMatchObject({ status: 'failed', error: { code: 'internal.unexpected' } });
  });

  it('with a phase that throws instead of rejecting fails alike', async () => {
    const run = runWith({
      check: () => {
        throw toyErrors.broken({ thing: 'saw' });
      },
    });
    const { view } = await runPlan(run.options);
    expect(stepOf(view, 'saw')).toMatchObject({ status: 'failed', error: { code: 'toy.broken' } });
  });
});

describe('retry', () => {
  it('tries a busy thing again with growing delays, each attempt visible', async () => {
    const run = toyRun(toyWorld({ saw: 'flaky' }), toyPlan([toyStep('saw')]));
    const { outcome, view } = await runPlan(run.options);
    expect(outcome).toBe('succeeded');
    const retries = run.seen.flatMap((event) => (event.type === 'step.retrying' ? [event] : []));
    expect(retries.map(({ attempt, delayMs, error }) => [attempt, delayMs, error.code])).toEqual([
      [1, 375, 'toy.busy'],
      [2, 750, 'toy.busy'],
    ]);
    expect(stepOf(view, 'saw')).toMatchObject({ status: 'succeeded', attempt: 3 });
    expect(view.metrics?.elapsedMs).toBe(375 + 750);
  });

  it('gives up after the attempts of the policy', async () => {
    const run = runWith({ check: () => Promise.reject(toyErrors.busy({ thing: 'saw' })) });
    const { outcome } = await runPlan(run.options);
    expect(outcome).toBe('failed');
    expect(statuses(run.seen).filter((text) => text === 'saw checking')).toHaveLength(6);
  });

  it('gives up after the attempts of the phase where it says how many', async () => {
    const run = runWith({ attempts: 2, check: () => Promise.reject(toyErrors.busy({ thing: 'saw' })) });
    await runPlan(run.options);
    expect(statuses(run.seen).filter((text) => text === 'saw checking')).toHaveLength(2);
  });

  it('goes on trying while the machine may boot, and not longer', async () => {
    const run = runWith({ check: () => Promise.reject(toyErrors.booting({ thing: 'saw' })) });
    const { view } = await runPlan({ ...run.options, retry: whileBooting });
    const elapsedMs = view.metrics?.elapsedMs ?? 0;
    expect(elapsedMs).toBeGreaterThanOrEqual(5 * 60_000);
    expect(elapsedMs).toBeLessThan(5 * 60_000 + 10_000);
  });

  it('does not try again where no machine is booting: all were given by the person', async () => {
    const run = runWith({ check: () => Promise.reject(toyErrors.booting({ thing: 'saw' })) });
    await runPlan(run.options);
    expect(statuses(run.seen).filter((text) => text === 'saw checking')).toHaveLength(1);
  });

  it('counts only what was busy, not what was booting', async () => {
    let tries = 0;
    const run = runWith({
      attempts: 2,
      check: () => {
        tries += 1;
        if (tries <= 5) return Promise.reject(toyErrors.booting({ thing: 'saw' }));
        return tries === 6 ? Promise.reject(toyErrors.busy({ thing: 'saw' })) : Promise.resolve(done('fine'));
      },
    });
    expect((await runPlan({ ...run.options, retry: whileBooting })).outcome).toBe('succeeded');
  });

  it('does not hold up other steps while it waits', async () => {
    const run = toyRun(toyWorld({ saw: 'flaky' }), toyPlan([toyStep('saw'), toyStep('hammer')]));
    await runPlan({ ...run.options, concurrency: { machines: 1 } });
    const of = (text: string) => run.seen.find((event) => statuses([event]).includes(text));
    expect(of('hammer succeeded')?.at).toBe(of('saw retrying')?.at);
  });

  it('verifies its own earlier work even when check now says it is so', async () => {
    const run = toyRun(toyWorld({ saw: 'flaky' }), toyPlan([toyStep('saw')]));
    await runPlan(run.options);
    expect(statuses(run.seen)).toEqual([
      'saw checking',
      'saw applying',
      'saw verifying',
      'saw retrying',
      'saw checking',
      'saw verifying',
      'saw retrying',
      'saw checking',
      'saw verifying',
      'saw succeeded',
    ]);
  });
});

describe('a deadline', () => {
  const hang = (_ports: ToyPorts, _input: unknown, { signal }: StepContext) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('the call was aborted')));
    });

  it('of a phase aborts the step and says so, with what the step said then', async () => {
    const run = runWith({ verify: hang, deadlineMs: () => 90_000 });
    const { view } = await runPlan(run.options);
    expect(stepOf(view, 'saw')).toMatchObject({
      status: 'failed',
      error: {
        code: 'engine.step_deadline',
        cause: 'Step saw did not end within 90 s.',
        chain: [{ cause: 'Unexpected error: the call was aborted' }],
      },
    });
    expect(view.metrics?.elapsedMs).toBe(90_000);
  });

  it('does nothing to a step that ends in time, and leaves no timer behind', async () => {
    const clock = manualClock();
    const run = runWith({ deadlineMs: () => 1 }, clock);
    expect((await runPlan(run.options)).outcome).toBe('succeeded');
    expect(clock.sleeping()).toBe(0);
  });

  it('that passes while a cancelled step still ends does not turn it into a failed one', async () => {
    const clock = autoClock();
    const slow = () => clock.sleep(60_000, new AbortController().signal);
    const run = runWith({ apply: slow, deadlineMs: () => 30_000 }, clock);
    const onEvent = (event: RunEvent) => {
      if (event.type === 'step.applying') run.cancel.abort();
    };
    expect((await runPlan({ ...run.options, onEvent })).outcome).toBe('cancelled');
  });
});

describe('what a step says', () => {
  it('reaches the log, and warnings reach the journal once', async () => {
    const run = runWith({
      check: async (_ports, _input, context) => {
        context.log('looking');
        context.warn('the clock is slow');
        context.warn('the clock is slow');
        return Promise.resolve(done('fine'));
      },
    });
    const { view } = await runPlan(run.options);
    expect(run.lines).toEqual(['saw: looking']);
    expect(warningsOf(view)).toMatchObject([{ step: 'saw', text: 'the clock is slow' }]);
  });

  it('after its end is dropped', async () => {
    let late: StepContext | undefined;
    const run = runWith({
      check: (_ports, _input, context) => {
        late = context;
        return Promise.resolve(done('fine'));
      },
    });
    await runPlan(run.options);
    const count = run.journal.events('r-1').length;
    late?.log('too late');
    late?.warn('too late');
    late?.progress({ label: 'image', done: 1, total: 2, unit: 'bytes' });
    expect(run.lines).toEqual([]);
    expect(run.journal.events('r-1')).toHaveLength(count);
  });

  it('of its progress is thinned out, and the last value comes before the next event', async () => {
    const clock = autoClock();
    const run = runWith(
      {
        apply: async (ports, input, context) => {
          for (let done = 1; done <= 1000; done += 1) {
            context.progress({ label: 'image', done, total: 1000, unit: 'bytes' });
            if (done % 10 === 0 && done < 1000) await clock.sleep(10, context.signal);
          }
          return makeThing.apply(ports, input, context);
        },
      },
      clock,
    );
    await runPlan(run.options);
    const progress = run.seen.flatMap((event) => (event.type === 'step.progress' ? [event.progress.done] : []));
    // One second of work.
    expect(progress.length).toBeLessThanOrEqual(5);
    expect(progress.length).toBeGreaterThanOrEqual(4);
    expect(progress.at(-1)).toBe(1000);
    expect(statuses(run.seen).slice(-3)).toEqual(['saw progress', 'saw verifying', 'saw succeeded']);
  });

  it('of its progress stays bounded when very much moves at once', async () => {
    const clock = autoClock();
    const run = runWith(
      {
        async apply(_ports, _input, context) {
          for (let tenth = 1; tenth <= 100; tenth += 1) {
            for (let image = 0; image < 200; image += 1) {
              context.progress({ label: `image ${image}`, done: tenth, total: 100, unit: 'bytes' });
            }
            await clock.sleep(100, context.signal);
          }
        },
      },
      clock,
    );
    await runPlan(run.options);
    // Ten seconds at about a hundred a second, and the last values.
    expect(types(run.seen).filter((type) => type === 'step.progress').length).toBeLessThanOrEqual(10 * 100 + 200);
  });
});

describe('cancelling', () => {
  it('asks running steps to stop, never starts the others, and ends the run as cancelled', async () => {
    const plan = toyPlan([toyStep('saw'), toyStep('table', { needs: ['saw'] })]);
    const run = toyRun(toyWorld(), plan);
    const onEvent = (event: RunEvent) => {
      run.seen.push(event);
      if (event.type === 'step.applying') run.cancel.abort();
    };
    const { outcome, view } = await runPlan({ ...run.options, onEvent });
    expect(outcome).toBe('cancelled');
    expect(run.seen.slice(3)).toMatchObject([
      { type: 'run.cancelling' },
      { type: 'step.cancelled', step: 'table', started: false },
      { type: 'step.cancelled', step: 'saw', started: true },
      { type: 'run.finished', outcome: 'cancelled' },
    ]);
    expect(view.status).toBe('cancelled');
    expect(run.leases.holder('c-toy')).toBeUndefined();
  });

  it('during a look changes nothing any more, even if the look does not notice', async () => {
    const run = runWith({
      check: () => {
        run.cancel.abort();
        return Promise.resolve(todo('missing'));
      },
    });
    expect((await runPlan(run.options)).outcome).toBe('cancelled');
    expect(types(run.seen)).not.toContain('step.applying');
  });

  it('before the start starts nothing', async () => {
    const run = toyRun(toyWorld(), toyPlan([toyStep('saw')]));
    run.cancel.abort();
    expect((await runPlan(run.options)).outcome).toBe('cancelled');
    expect(statuses(run.seen)).toEqual(['saw cancelled']);
  });

  it('ends a wait for the next attempt', async () => {
    const run = toyRun(toyWorld({ saw: 'flaky' }), toyPlan([toyStep('saw')]), manualClock());
    const onEvent = (event: RunEvent) => {
      run.seen.push(event);
      if (event.type === 'step.retrying') run.cancel.abort();
    };
    expect((await runPlan({ ...run.options, onEvent })).outcome).toBe('cancelled');
    expect(statuses(run.seen).slice(-2)).toEqual(['saw retrying', 'saw cancelled']);
  });

  it('comes too late for a run whose last step ends all the same', async () => {
    const run = runWith({
      verify: () => {
        run.cancel.abort();
        return Promise.resolve();
      },
    });
    expect((await runPlan(run.options)).outcome).toBe('succeeded');
  });
});

describe('leaving', () => {
  it('writes no end, frees the lease, and a resume completes the run', async () => {
    const world = toyWorld();
    const run = toyRun(world, toyPlan([toyStep('saw'), toyStep('table', { needs: ['saw'] })]));
    const onEvent = (event: RunEvent) => {
      if (event.type === 'step.verifying') run.leave.abort();
    };
    const left = await runPlan({ ...run.options, onEvent });
    expect(left.outcome).toBe('left');
    expect(types(run.journal.events('r-1')).at(-1)).toBe('step.verifying');
    expect(run.leases.holder('c-toy')).toBeUndefined();

    const signals = { cancel: new AbortController().signal, leave: new AbortController().signal };
    const { outcome } = await resumeRun({ ...run.options, signals });
    expect(outcome).toBe('succeeded');
    expect(world.mutations()).toEqual(['saw/top', 'saw/bottom', 'table/top', 'table/bottom']);
  });

  it('does not wait for ever for a step that ignores its signal', async () => {
    const run = runWith({ apply: () => new Promise<never>(() => undefined) });
    const onEvent = (event: RunEvent) => {
      if (event.type === 'step.applying') run.leave.abort();
    };
    expect((await runPlan({ ...run.options, onEvent })).outcome).toBe('left');
  });

  it('lets a step that does not notice write nothing', async () => {
    const clock = autoClock();
    const run = runWith(
      {
        async apply(_ports, _input, context) {
          await clock.sleep(100, new AbortController().signal);
          context.warn('still here');
          context.progress({ label: 'image', done: 1, total: 2, unit: 'bytes' });
          await clock.sleep(1000, new AbortController().signal);
        },
      },
      clock,
    );
    const onEvent = (event: RunEvent) => {
      if (event.type === 'step.applying') run.leave.abort();
    };
    await runPlan({ ...run.options, onEvent });
    expect(types(run.journal.events('r-1')).at(-1)).toBe('step.applying');
  });

  it('also ends a cancellation that takes too long', async () => {
    const run = runWith({ apply: () => new Promise<never>(() => undefined) });
    const onEvent = (event: RunEvent) => {
      if (event.type === 'step.applying') run.cancel.abort();
      if (event.type === 'run.cancelling') run.leave.abort();
    };
    expect((await runPlan({ ...run.options, onEvent })).outcome).toBe('left');
    expect(types(run.journal.events('r-1')).at(-1)).toBe('run.cancelling');
  });
});

describe('the lease', () => {
  it('that somebody else holds refuses the run before anything is journaled, and names the holder', async () => {
    const run = toyRun(toyWorld(), toyPlan([toyStep('saw')]));
    run.leases.steal('c-toy', 'slipway upgrade');
    await expect(runPlan(run.options)).rejects.toMatchObject({
      code: 'engine.lease_held',
      message: 'Cluster c-toy is being worked on by "slipway upgrade" (process 4711 on laptop, run other).',
    });
    expect(run.journal.load('r-1')).toBeUndefined();
    expect(run.leases.holder('c-toy')).toBe('slipway upgrade');
  });

  it('when lost stops the run at the next heartbeat, and nothing is written after that', async () => {
    let aborted = false;
    const run = runWith({
      apply: (_ports, _input, { signal }) =>
        new Promise<never>((_, reject) => {
          run.leases.steal('c-toy', 'another window');
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(new Error('aborted'));
          });
        }),
    });
    let released = false;
    const leases = { ...run.options.leases, release: () => void (released = true) };
    await expect(runPlan({ ...run.options, leases })).rejects.toMatchObject({ code: 'engine.lease_lost' });
    // Whoever resumed the same run holds the lease under the same run id.
    expect(released).toBe(false);
    expect(aborted).toBe(true);
    expect(types(run.journal.events('r-1')).at(-1)).toBe('step.applying');
    expect(run.leases.holder('c-toy')).toBe('another window');
  });

  it('that cannot be renewed stops the run with the reason', async () => {
    const clock = autoClock();
    const run = runWith({ apply: (_ports, _input, { signal }) => clock.sleep(60_000, signal) }, clock);
    const heartbeat = () => {
      throw new Error('disk full');
    };
    await expect(runPlan({ ...run.options, leases: { ...run.options.leases, heartbeat } })).rejects.toThrow(
      'disk full',
    );
  });

  it('is kept by heartbeats and released at the end', async () => {
    const clock = autoClock();
    const run = runWith({ apply: (_ports, _input, { signal }) => clock.sleep(21_000, signal) }, clock);
    let beats = 0;
    const leases = { ...run.options.leases, heartbeat: () => (beats += 1) > 0 };
    await runPlan({ ...run.options, leases });
    expect(beats).toBe(4);
    expect(run.leases.holder('c-toy')).toBeUndefined();
  });
});

describe('a journal that cannot be written', () => {
  it('stops the run with its own error', async () => {
    const run = toyRun(toyWorld(), toyPlan([toyStep('saw'), toyStep('hammer')]));
    const append: typeof run.journal.append = (runId, events) => {
      if (events.some(({ type }) => type === 'step.applying')) throw new Error('disk full');
      return run.journal.append(runId, events);
    };
    await expect(runPlan({ ...run.options, journal: { ...run.journal, append } })).rejects.toThrow('disk full');
    expect(run.leases.holder('c-toy')).toBeUndefined();
  });
});

describe('an intent', () => {
  /** A run whose disk keeps everybody waiting until it is told. */
  function slowDisk(steps: readonly string[]) {
    const world = toyWorld();
    const run = toyRun(world, toyPlan(steps.map((step) => toyStep(step))));
    const disk = Promise.withResolvers<void>();
    const allWait = Promise.withResolvers<void>();
    let waiting = 0;
    const durable = (): Promise<void> => {
      waiting += 1;
      if (waiting === steps.length) allWait.resolve();
      return disk.promise;
    };
    const options = { ...run.options, journal: { ...run.journal, durable } };
    return { ...run, world, options, disk, allWait: allWait.promise, waits: () => waiting };
  }

  it('of each step is on disk before that step changes anything; concurrent steps wait together', async () => {
    const run = slowDisk(['saw', 'hammer', 'nail']);
    const ended = runPlan(run.options);
    await run.allWait;
    await new Promise((resolve) => setImmediate(resolve)); // whoever does not wait is through with its work then
    expect(types(run.journal.events('r-1')).filter((type) => type === 'step.applying')).toHaveLength(3);
    expect(run.world.mutations()).toEqual([]);
    run.disk.resolve();
    expect((await ended).outcome).toBe('succeeded');
    expect(run.world.mutations()).toHaveLength(6);
    expect(run.waits()).toBe(3);
  });

  it('that the disk does not take stops the run with the reason, and nothing is changed', async () => {
    const run = slowDisk(['saw', 'hammer']);
    const ended = runPlan(run.options);
    await run.allWait;
    run.disk.reject(new Error('disk gone'));
    await expect(ended).rejects.toThrow('disk gone');
    expect(run.world.mutations()).toEqual([]);
    expect(types(run.journal.events('r-1'))).not.toContain('run.finished');
  });

  it('that is cancelled while it waits for the disk changes nothing any more', async () => {
    const run = slowDisk(['saw']);
    const ended = runPlan(run.options);
    await run.allWait;
    run.cancel.abort();
    run.disk.resolve();
    expect((await ended).outcome).toBe('cancelled');
    expect(run.world.mutations()).toEqual([]);
  });
});

describe('resumeRun', () => {
  const plan = toyPlan([toyStep('saw'), toyStep('hammer'), toyStep('table', { needs: ['saw', 'hammer'] })]);

  it('goes on with a failed run: what had ended well is not touched', async () => {
    const run = toyRun(toyWorld({ hammer: 'broken' }), plan);
    expect((await runPlan(run.options)).outcome).toBe('failed');
    const count = run.seen.length;
    const repaired = toyWorld({ hammer: 'already' });
    const { outcome, view } = await resumeRun({ ...run.options, ports: repaired.ports });
    expect(outcome).toBe('succeeded');
    expect(statuses(run.seen.slice(count)).filter((text) => text.startsWith('saw'))).toEqual([]);
    expect(run.seen[count]).toMatchObject({ type: 'run.resumed' });
    expect(view).toMatchObject({ status: 'succeeded', resumes: 1 });
    expect(repaired.mutations()).toEqual(['table/top', 'table/bottom']);
  });

  it('goes on with a cancelled run', async () => {
    const run = toyRun(toyWorld(), plan);
    run.cancel.abort();
    await runPlan(run.options);
    const signals = { cancel: new AbortController().signal, leave: new AbortController().signal };
    expect((await resumeRun({ ...run.options, signals })).outcome).toBe('succeeded');
  });

  it('that is cancelled at once keeps what had ended well', async () => {
    const run = toyRun(toyWorld({ hammer: 'broken' }), plan);
    await runPlan(run.options);
    run.cancel.abort();
    const { view } = await resumeRun(run.options);
    expect(stepsOf(view).map(({ status }) => status)).toEqual(['succeeded', 'cancelled', 'cancelled']);
  });

  it('leaves a run alone that has succeeded', async () => {
    const run = toyRun(toyWorld(), plan);
    await runPlan(run.options);
    const count = run.journal.events('r-1').length;
    expect((await resumeRun(run.options)).outcome).toBe('succeeded');
    expect(run.journal.events('r-1')).toHaveLength(count);
  });

  it('says so when there is no such run', async () => {
    const run = toyRun(toyWorld(), plan);
    await expect(resumeRun(run.options)).rejects.toMatchObject({ code: 'engine.unknown_run' });
    expect(run.leases.holder('c-toy')).toBeUndefined();
  });

  it('refuses a journaled plan with a phase that this version does not have', async () => {
    const run = toyRun(toyWorld({ saw: 'broken' }), plan);
    await runPlan(run.options);
    const count = run.journal.events('r-1').length;
    await expect(resumeRun({ ...run.options, phases: new Map() })).rejects.toMatchObject({
      code: 'engine.unknown_phase',
    });
    expect(run.journal.events('r-1')).toHaveLength(count);
  });

  it('looks first at a step whose apply was cut off', async () => {
    const world = toyWorld();
    const run = toyRun(world, toyPlan([toyStep('saw')]));
    const { things } = world.ports;
    const add = async (thing: string, part: string) => {
      await things.add(thing, part);
      run.leave.abort();
      await run.clock.sleep(1, new AbortController().signal);
    };
    await runPlan({ ...run.options, ports: { things: { ...things, add } } });
    const signals = { cancel: new AbortController().signal, leave: new AbortController().signal };
    const count = run.seen.length;
    await resumeRun({ ...run.options, signals });
    expect(run.seen.slice(count)).toMatchObject([
      { type: 'run.resumed' },
      { type: 'step.checking' },
      { type: 'step.verifying' },
      { type: 'step.succeeded' },
      { type: 'run.finished', metrics: { mutations: 1 } },
    ]);
  });
});

describe('a thousand machines with fifteen phases each', () => {
  it('run to their end', { timeout: 30_000 }, async () => {
    const quick: ThingPhase = {
      ...makeThing,
      check: () => Promise.resolve(todo('missing')),
      apply: () => Promise.resolve(),
      verify: () => Promise.resolve(),
    };
    const steps = Array.from({ length: 1000 }, (_, machine) =>
      Array.from({ length: 15 }, (_, phase) =>
        toyStep(`m${machine}-${phase}`, { needs: phase === 0 ? [] : [`m${machine}-${phase - 1}`] }),
      ),
    ).flat();
    const run = toyRun(toyWorld(), toyPlan(steps));
    const options = { ...run.options, phases: phaseMap<ToyPorts>(quick), concurrency: { machines: 50 } };
    const { outcome, view } = await runPlan(options);
    expect(outcome).toBe('succeeded');
    expect(view.counts.succeeded).toBe(15_000);
  });
});
