import { describe, expect, it } from 'vitest';
import { checkPlan, inOrder } from '#main/engine/plan-check.ts';
import { makeThing, phaseMap, toyPlan, toyStep } from '#test/engine/toy.ts';

const phases = phaseMap(makeThing);

describe('checkPlan', () => {
  it('accepts a graph in any order of its steps', () => {
    const plan = toyPlan([toyStep('c', { after: ['b'] }), toyStep('b', { needs: ['a'] }), toyStep('a')]);
    expect(() => checkPlan(plan, phases)).not.toThrow();
  });

  it('names a step that is there twice', () => {
    expect(() => checkPlan(toyPlan([toyStep('a'), toyStep('a')]), phases)).toThrow('The plan has step a twice.');
  });

  it('names a phase that nobody can run', () => {
    const plan = toyPlan([toyStep('a', { phase: 'fly' })]);
    expect(() => checkPlan(plan, phases)).toThrow('Step a of the plan belongs to phase fly, which does not exist.');
  });

  it('names a phase that the plan does not list', () => {
    const plan = { ...toyPlan([toyStep('a')]), phases: [] };
    expect(() => checkPlan(plan, phases)).toThrow('belongs to phase make-thing');
  });

  it.each(['needs', 'after'])('names a step that is waited for by %s and is not there', (edge) => {
    const plan = toyPlan([toyStep('a', { [edge]: ['ghost'] })]);
    expect(() => checkPlan(plan, phases)).toThrow('Step a of the plan waits for step ghost, which is not in the plan.');
  });

  it('shows the circle and only the circle', () => {
    const plan = toyPlan([
      toyStep('start'),
      toyStep('behind', { needs: ['b'] }),
      toyStep('a', { needs: ['start', 'c'] }),
      toyStep('b', { after: ['a'] }),
      toyStep('c', { needs: ['b'] }),
    ]);
    expect(() => checkPlan(plan, phases)).toThrow('Steps of the plan wait for one another in a circle: b → a → c → b.');
  });

  it('sees a step that waits for itself', () => {
    expect(() => checkPlan(toyPlan([toyStep('a', { needs: ['a'] })]), phases)).toThrow('a → a');
  });
});

describe('inOrder', () => {
  it('puts each step after all that it waits for', () => {
    const steps = [toyStep('c', { needs: ['b'], after: ['a'] }), toyStep('b', { after: ['a'] }), toyStep('a')];
    expect(inOrder(steps).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });
});
