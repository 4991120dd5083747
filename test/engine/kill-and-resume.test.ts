import { describe, expect, it } from 'vitest';
import { definePhase, done, todo } from '#main/engine/phase.ts';
import type { Json } from '#shared/json.ts';
import { killEverywhere, secondRunChangesNothing } from './kill-and-resume.ts';
import { makeThing, phaseMap, toyPlan, toyStep, toyWorld } from './toy.ts';
import type { ToyPorts } from './toy.ts';

const plan = toyPlan([
  toyStep('saw'),
  toyStep('hammer'),
  toyStep('table', { needs: ['saw', 'hammer'] }),
  toyStep('lamp', { after: ['table'] }),
]);

const good = { phases: phaseMap<ToyPorts>(makeThing), plan, makeWorld: () => toyWorld({ hammer: 'already' }) };

describe('killEverywhere', () => {
  it('passes phases that can be resumed anywhere, and kills at every call and journal entry', async () => {
    const { calls, kills } = await killEverywhere(good);
    // Per made thing: 4 journal entries, a wait for the disk, 5 port calls; the one that is there: 2 entries and 1 call;
    // run: started and finished. The first two checks begin with one entry.
    expect(calls).toBe(3 * (4 + 1 + 5) + (2 + 1) - 1 + 2);
    expect(kills).toBeGreaterThanOrEqual(calls);
  });

  it('passes a step that has to be tried again', async () => {
    await killEverywhere({ ...good, makeWorld: () => toyWorld({ saw: 'flaky' }) });
  });

  it('finds a phase that makes again what is there', async () => {
    const careless = definePhase<ToyPorts, { readonly thing: string }>({
      ...makeThing,
      async apply({ things }, { thing }) {
        for (const part of ['top', 'bottom']) await things.add(thing, part);
      },
    });
    await expect(killEverywhere({ ...good, phases: phaseMap<ToyPorts>(careless) })).rejects.toThrow(
      /^Killed after call \d+ \(things\.add\), these changes were made again: \w+\/top\.$/,
    );
  });

  it('finds a phase that takes half a thing for a whole one', async () => {
    const hasty = definePhase<ToyPorts, { readonly thing: string }>({
      ...makeThing,
      async check({ things }, { thing }) {
        return (await things.parts(thing)).length > 0 ? done('is there') : todo('is missing');
      },
    });
    await expect(killEverywhere({ ...good, phases: phaseMap<ToyPorts>(hasty) })).rejects.toThrow(
      /^Killed \w+ call \d+ \(.*\), the end state differs: \w+\.1 is absent instead of "bottom"\.$/,
    );
  });

  it('finds a phase that remembers in the process what it should find outside', async () => {
    // The memory dies with the process; here it is simply another one per call of `makeWorld`.
    const forgetful = () => {
      const world = toyWorld();
      let helper = 0;
      return {
        get ports() {
          helper += 1;
          const mine = helper;
          const { things } = world.ports;
          return { things: { ...things, add: (thing: string) => things.add(thing, `part by ${mine}`) } };
        },
        snapshot: (): Json => world.snapshot(),
        mutations: () => world.mutations(),
      };
    };
    await expect(killEverywhere({ ...good, makeWorld: forgetful, mayRepeat: () => true })).rejects.toThrow(
      /the end state differs/,
    );
  });

  it('refuses a plan that fails even undisturbed', async () => {
    await expect(killEverywhere({ ...good, makeWorld: () => toyWorld({ saw: 'broken' }) })).rejects.toThrow(
      'The undisturbed run ended as failed: saw: toy.broken',
    );
  });
});

describe('secondRunChangesNothing', () => {
  it('passes when everything is so after the first run', async () => {
    await secondRunChangesNothing(good);
  });

  it('names the steps that a second run applies', async () => {
    const restless = definePhase<ToyPorts, { readonly thing: string }>({
      ...makeThing,
      check: () => Promise.resolve(todo('always')),
    });
    await expect(secondRunChangesNothing({ ...good, phases: phaseMap<ToyPorts>(restless) })).rejects.toThrow(
      'Applied: saw, hammer, table, lamp. Changed: none.',
    );
  });
});
