import { describe, expect, it } from 'vitest';
import { definePhase } from '#main/engine/phase.ts';
import { previewPlan } from '#main/engine/preview.ts';
import type { StepForecast } from '#main/engine/preview.ts';
import type { PlannedStep } from '#main/engine/plan.ts';
import { makeThing, phaseMap, toyErrors, toyPlan, toyStep, toyWorld } from '#test/engine/toy.ts';
import type { Mood, ToyPorts } from '#test/engine/toy.ts';

/** A preview in which looking at the things in `blind` throws. */
function preview(steps: readonly PlannedStep[], moods: Readonly<Record<string, Mood>>, blind: readonly string[] = []) {
  const world = toyWorld(moods);
  const looks: string[] = [];
  let active = 0;
  let most = 0;
  const watching = definePhase<ToyPorts, { readonly thing: string }>({
    ...makeThing,
    async check(ports, input, context) {
      looks.push(input.thing);
      most = Math.max(most, (active += 1));
      try {
        const found = await makeThing.check(ports, input, context);
        if (blind.includes(input.thing)) throw toyErrors.broken({ thing: input.thing });
        return found;
      } finally {
        active -= 1;
      }
    },
    apply: () => Promise.reject(new Error('a preview applied something')),
    verify: () => Promise.reject(new Error('a preview verified something')),
  });
  const abort = new AbortController();
  const forecasts = () =>
    previewPlan({
      plan: toyPlan(steps),
      phases: phaseMap<ToyPorts>(watching),
      ports: world.ports,
      concurrency: { machines: 2 },
      signal: abort.signal,
    });
  return { forecasts, looks, abort, most: () => most, mutations: world.mutations };
}

const said = (forecasts: readonly StepForecast[]) =>
  forecasts.map((each) => {
    if (each.kind === 'error') return `${each.step.id}: error ${each.error.code}`;
    if ('behind' in each) return `${each.step.id}: ${each.kind} ${each.behind.join(' ')}`;
    return `${each.step.id}: ${each.kind} (${each.reason})`;
  });

describe('previewPlan', () => {
  it('tells what is already so and what would be done, and changes nothing', async () => {
    const look = preview([toyStep('lamp', { needs: ['saw'] }), toyStep('saw')], { saw: 'already' });
    expect(said(await look.forecasts())).toEqual(['lamp: will (has 0 of 2 parts)', 'saw: already (is there)']);
    expect(look.mutations()).toEqual([]);
  });

  it('says "after" where it cannot look because something before is still to be done', async () => {
    const steps = [toyStep('docker'), toyStep('etcd', { needs: ['docker'] }), toyStep('api', { needs: ['etcd'] })];
    const look = preview(steps, {}, ['etcd', 'api']);
    expect(said(await look.forecasts())).toEqual([
      'docker: will (has 0 of 2 parts)',
      'etcd: after docker',
      'api: after etcd',
    ]);
  });

  it('still looks at what is behind something to be done', async () => {
    const steps = [toyStep('docker'), toyStep('etcd', { needs: ['docker'] })];
    const look = preview(steps, { etcd: 'already' });
    expect(said(await look.forecasts())).toEqual(['docker: will (has 0 of 2 parts)', 'etcd: already (is there)']);
  });

  it('reports a look that fails as a finding, and does not look at what is behind it', async () => {
    const steps = [
      toyStep('ssh'),
      toyStep('docker', { needs: ['ssh'] }),
      toyStep('etcd', { needs: ['docker'] }),
      toyStep('lamp'),
    ];
    const look = preview(steps, { lamp: 'already' }, ['ssh']);
    expect(said(await look.forecasts())).toEqual([
      'ssh: error toy.broken',
      'docker: unknown ssh',
      'etcd: unknown docker',
      'lamp: already (is there)',
    ]);
    expect([...look.looks].sort()).toEqual(['lamp', 'ssh']);
  });

  it('looks at several at a time, within the limit', async () => {
    const look = preview(
      Array.from({ length: 9 }, (_, index) => toyStep(`m${index}`)),
      {},
    );
    await look.forecasts();
    expect(look.most()).toBe(2);
  });

  it('ends with the reason of its signal', async () => {
    const look = preview([toyStep('saw')], {});
    look.abort.abort(new Error('enough'));
    await expect(look.forecasts()).rejects.toThrow('enough');
    expect(look.looks).toEqual([]);
  });
});
