import { describe, expect, it } from 'vitest';
import { createLanes } from '#main/engine/lanes.ts';
import type { Concurrency } from '#main/engine/lanes.ts';
import { toyStep } from '#test/engine/toy.ts';

function lanesWith(concurrency: Concurrency, steps: readonly ReturnType<typeof toyStep>[]) {
  const lanes = createLanes<string>(concurrency);
  for (const step of steps) lanes.enqueue(step, step.id);
  return lanes;
}

describe('lanes', () => {
  it('let in as many as the limit, first come first served, and the next when one leaves', () => {
    const steps = ['a', 'b', 'c'].map((name) => toyStep(name));
    const lanes = lanesWith({ machines: 2 }, steps);
    expect(lanes.take()).toEqual(['a', 'b']);
    expect(lanes.take()).toEqual([]);
    expect(lanes.waiting()).toBe(1);
    lanes.leave(toyStep('a'));
    expect(lanes.take()).toEqual(['c']);
    expect(lanes.waiting()).toBe(0);
  });

  it('count each kind of target by itself', () => {
    const cluster = toyStep('api', { target: { kind: 'cluster', name: 'api' } });
    expect(lanesWith({ machines: 1 }, [toyStep('a'), toyStep('b'), cluster]).take()).toEqual(['a', 'api']);
  });

  it('let a phase with a limit of its own hold up nobody else', () => {
    const pull = (name: string) => toyStep(name, { phase: 'pull' });
    const lanes = lanesWith({ machines: 3, phases: { pull: 1 } }, [pull('p1'), pull('p2'), toyStep('a'), toyStep('b')]);
    expect([...lanes.take()].sort()).toEqual(['a', 'b', 'p1']);
    lanes.leave(toyStep('a'));
    expect(lanes.take()).toEqual([]);
    lanes.leave(pull('p1'));
    expect(lanes.take()).toEqual(['p2']);
  });

  it('count a phase with a limit of its own against its kind as well', () => {
    const pull = (name: string) => toyStep(name, { phase: 'pull' });
    const lanes = lanesWith({ machines: 1, phases: { pull: 5 } }, [pull('p1'), pull('p2'), toyStep('a')]);
    expect(lanes.take()).toHaveLength(1);
  });
});
