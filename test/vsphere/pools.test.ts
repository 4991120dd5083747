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

async function callsToMake(count: number): Promise<{ readonly calls: number; readonly ms: number }> {
  const name = `many-${String(count)}`;
  const spec = specOfPools(name, [{ name: 'all', template: 'small', count, roles: ['worker'] }]);
  using pipeline = await Pipeline.open(optionsFor(lab), spec);
  await lab.control.reset();
  const start = performance.now();
  const { outcome } = await pipeline.create();
  const ms = performance.now() - start;
  expect(outcome).toBe('succeeded');
  const { requests, methods } = await lab.control.calls(); const list = await lab.control.list(); console.log(requests, methods, Object.entries(Object.groupBy(list.filter(c=>!methods[c.method]), c=>c.method.replace(/\d+/g,"N"))).map(([k,v])=>[k,v?.length]));
  await pipeline.remove();
  return { calls: requests, ms };
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
    const five = await callsToMake(5);
    const fifty = await callsToMake(50);
    const perMachine = (fifty.calls - five.calls) / 45;
    console.log({ five, fifty, perMachine });
    expect(fifty.calls / 50).toBeLessThanOrEqual(five.calls / 5);
  });
});
