import { describe, expect, it } from 'vitest';
import { definePhase, done } from '#main/engine/phase.ts';
import type { Phase, StepContext } from '#main/engine/phase.ts';
import { resumeRun, runPlan } from '#main/engine/runner.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { warningsOf } from '#shared/run/view.ts';
import { makeThing, phaseMap, toyErrors, toyPlan, toyRun, toyStep, toyWorld } from '#test/engine/toy.ts';
import type { Mood, ToyPorts } from '#test/engine/toy.ts';
import { autoClock } from '#test/fakes/clock.ts';

type ThingPhase = Phase<ToyPorts, { readonly thing: string }>;

/** A run of one step `saw` whose phase takes back what it made; `undone` lists the calls. */
function runWithUndo(mood: Mood, phase: Partial<ThingPhase> = {}) {
  const clock = autoClock();
  const run = toyRun(toyWorld({ saw: mood }), toyPlan([toyStep('saw')]), clock);
  const undone: StepContext[] = [];
  const undo = (_ports: ToyPorts, _input: { readonly thing: string }, context: StepContext): Promise<void> => {
    undone.push(context);
    return Promise.resolve();
  };
  const phases = phaseMap<ToyPorts>(
    definePhase<ToyPorts, { readonly thing: string }>({ ...makeThing, undo, ...phase }),
  );
  const on = (type: RunEvent['type'], act: () => void) => (event: RunEvent) => {
    run.seen.push(event);
    if (event.type === type) act();
  };
  return { ...run, undone, on, options: { ...run.options, phases } };
}

const steps = (events: readonly RunEvent[]) =>
  events.map(({ type }) => type).filter((type) => type.startsWith('step.'));

describe('undo', () => {
  it('comes after the last attempt has failed, is journaled before it begins, and the step has failed then', async () => {
    const run = runWithUndo('broken');
    expect((await runPlan(run.options)).outcome).toBe('failed');
    expect(run.undone).toHaveLength(1);
    expect(steps(run.seen).slice(-3)).toEqual(['step.verifying', 'step.undoing', 'step.failed']);
  });

  it('waits until its intent is on disk, and does not come when that cannot be', async () => {
    const run = runWithUndo('broken');
    const intents: string[] = [];
    const durable = (): Promise<void> => {
      intents.push(run.journal.events('r-1').at(-1)?.type ?? '');
      return intents.length < 2 ? Promise.resolve() : Promise.reject(new Error('disk gone'));
    };
    const journal = { ...run.journal, durable };
    await expect(runPlan({ ...run.options, journal })).rejects.toThrow('disk gone');
    expect(intents).toEqual(['step.applying', 'step.undoing']);
    expect(run.undone).toEqual([]);
  });

  it('does not come between attempts', async () => {
    const run = runWithUndo('flaky');
    expect((await runPlan(run.options)).outcome).toBe('succeeded');
    expect(run.undone).toEqual([]);
  });

  it('comes when the step is cancelled, with a signal that has not been aborted', async () => {
    const run = runWithUndo('fine');
    const onEvent = run.on('step.applying', () => run.cancel.abort());
    expect((await runPlan({ ...run.options, onEvent })).outcome).toBe('cancelled');
    expect(run.undone.map(({ signal }) => signal.aborted)).toEqual([false]);
    expect(steps(run.seen).slice(-2)).toEqual(['step.undoing', 'step.cancelled']);
  });

  it('does not come when nothing had been begun', async () => {
    const run = runWithUndo('fine', { check: () => Promise.reject(toyErrors.broken({ thing: 'saw' })) });
    expect((await runPlan(run.options)).outcome).toBe('failed');
    expect(run.undone).toEqual([]);
  });

  it('ends also when a cancellation comes meanwhile', async () => {
    const run = runWithUndo('broken');
    const onEvent = run.on('step.undoing', () => run.cancel.abort());
    expect((await runPlan({ ...run.options, onEvent })).outcome).toBe('failed');
    expect(run.undone).toHaveLength(1);
  });

  it('that fails leaves the reason as a warning; the step keeps its own error', async () => {
    const run = runWithUndo('broken', { undo: () => Promise.reject(toyErrors.busy({ thing: 'saw' })) });
    const { view } = await runPlan(run.options);
    expect(warningsOf(view).map(({ text }) => text)).toEqual([
      'What it had begun could not be taken back: saw is busy.',
    ]);
    expect(run.seen.at(-2)).toMatchObject({ type: 'step.failed', error: { code: 'toy.broken' } });
  });

  it('is given up after half a minute', async () => {
    const forever: ThingPhase['undo'] = (_ports, _input, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const run = runWithUndo('broken', { undo: forever });
    const before = run.clock.now();
    const { view } = await runPlan(run.options);
    expect(run.clock.now() - before).toBeLessThan(31_000);
    expect(warningsOf(view)).toHaveLength(1);
  });

  it('is cut off when the run is left, and the run can be resumed', async () => {
    const forever: ThingPhase['undo'] = (_ports, _input, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const run = runWithUndo('broken', { undo: forever });
    const onEvent = run.on('step.undoing', () => run.leave.abort());
    expect((await runPlan({ ...run.options, onEvent })).outcome).toBe('left');
    expect(run.seen.at(-1)?.type).toBe('step.undoing');
    const mended = phaseMap<ToyPorts>(definePhase({ ...makeThing, verify: () => Promise.resolve() }));
    const never = new AbortController().signal;
    const signals = { cancel: never, leave: never };
    expect((await resumeRun({ ...run.options, phases: mended, signals })).outcome).toBe('succeeded');
  });

  it('does not come for a step that was already so', async () => {
    const run = runWithUndo('fine', { check: () => Promise.resolve(done('it is')) });
    await runPlan(run.options);
    expect(run.undone).toEqual([]);
  });
});
