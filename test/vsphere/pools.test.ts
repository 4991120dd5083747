import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { optionsFor } from './open.ts';
import { Pipeline, specOfPools } from './pipeline.ts';

let lab: LabVcenter;

beforeAll(async () => {
  lab = await LabVcenter.start();
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});
afterEach(async () => {
  const { invalid } = await lab.control.calls();
  await lab.control.clearRules();
  await lab.control.reset();
  expect(invalid).toEqual([]);
});

async function callsToMake(count: number): Promise<number> {
  const name = `many-${String(count)}`;
  const spec = specOfPools(name, [{ name: 'all', template: 'small', count, roles: ['worker'] }]);
  using pipeline = await Pipeline.open(optionsFor(lab), spec);
  await lab.control.reset();
  expect((await pipeline.create()).outcome).toBe('succeeded');
  const { requests } = await lab.control.calls();
  await pipeline.remove();
  return requests;
}

describe('the machines of pools', () => {
  it('are made and removed again, and vCenter is as it was', async () => {
    const before = await lab.snapshot();
    const spec = specOfPools('shop', [
      { name: 'all', template: 'small', count: 1, roles: ['etcd', 'controlplane', 'worker'] },
      { name: 'work', template: 'small', count: 2, roles: ['worker'], antiAffinity: 'must' },
    ]);
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    const made = await pipeline.create();
    expect(made.events.filter(({ type }) => type === 'step.failed')).toEqual([]);
    expect(made.outcome).toBe('succeeded');
    expect([...pipeline.records.values()].every(({ booted }) => booted)).toBe(true);
    const again = await pipeline.create();
    expect(again.events.filter(({ type }) => type === 'step.applying')).toEqual([]);
    const gone = await pipeline.remove();
    expect(gone.events.filter(({ type }) => type === 'step.failed')).toEqual([]);
    expect(await lab.snapshot()).toEqual(before);
  });

  it('cost as many calls each whether there are five or fifty', async () => {
    const [five, fifty] = [await callsToMake(5), await callsToMake(50)];
    // What they have in common (login, inventory, preflight, tags, folder) counts with the five.
    expect(fifty / 50).toBeLessThanOrEqual(five / 5);
    expect((fifty - five) / 45).toBeLessThanOrEqual(30);
  });
});
