import { describe, expect, it } from 'vitest';
import { estimateRun } from '#main/api/planning/estimate/estimate.ts';
import { earlierDurations } from '#main/api/planning/estimate/history.ts';
import { schedule } from '#main/api/planning/estimate/schedule.ts';
import { typicalMs } from '#main/api/planning/estimate/typical-durations.ts';
import { runViews } from '#main/api/runs/run-views.ts';
import { createPhases, planCreate } from '#main/cluster/operations/create.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';
import { proposeRecords } from '#main/cluster/provision/propose.ts';
import type { Clock } from '#main/engine/clock.ts';
import type { PlannedStep } from '#main/engine/plan.ts';
import type { StepForecast } from '#main/engine/preview.ts';
import { autoClock, manualClock } from '#test/fakes/clock.ts';
import { metrics, openWorld } from '#test/unit/api/world-for-test.ts';

const never = new AbortController().signal;

function step(
  id: string,
  edges: { readonly needs?: readonly string[]; readonly after?: readonly string[] } = {},
): PlannedStep {
  const [phase = '', name = ''] = id.split('/');
  return {
    id,
    phase,
    target: { kind: 'machine', name },
    needs: edges.needs ?? [],
    after: edges.after ?? [],
    input: {},
    changes: '',
  };
}

describe('how long steps take together', () => {
  const seconds = ({ phase }: PlannedStep): number => ({ slow: 10, quick: 1 })[phase] ?? 0;

  it.each([
    {
      why: 'side by side where nothing is between them',
      steps: [step('slow/a'), step('slow/b')],
      machines: 2,
      sum: 10,
    },
    { why: 'one after another where only one may run', steps: [step('slow/a'), step('slow/b')], machines: 1, sum: 20 },
    {
      why: 'along the longest way through the graph',
      steps: [
        step('slow/a'),
        step('quick/b'),
        step('slow/c', { needs: ['quick/b'] }),
        step('quick/d', { after: ['slow/a', 'slow/c'] }),
      ],
      machines: 9,
      sum: 12,
    },
    {
      why: 'without waiting for steps that the plan does not have',
      steps: [step('quick/a', { needs: ['gone/x'] })],
      machines: 1,
      sum: 1,
    },
    { why: 'nothing for nothing', steps: [], machines: 1, sum: 0 },
  ])('$why', ({ steps, machines, sum }) => {
    expect([...schedule(steps, seconds, { machines })].at(-1)?.endMs ?? 0).toBe(sum);
  });

  it('tells of each step when it begins and ends, in the order of the ends', () => {
    const steps = [step('slow/a'), step('quick/b'), step('quick/c', { needs: ['quick/b'], after: ['quick/b'] })];
    const told = [...schedule(steps, seconds, { machines: 9 })];
    expect(told.map(({ step: { id }, startMs, endMs }) => [id, startMs, endMs])).toEqual([
      ['quick/b', 0, 1],
      ['quick/c', 1, 2],
      ['slow/a', 0, 10],
    ]);
  });

  it('asks how long each step takes when it begins, and only once', () => {
    const asked: string[] = [];
    const told = schedule([step('slow/a'), step('quick/b', { needs: ['slow/a'] })], ({ id }) => asked.push(id), {
      machines: 1,
    });
    told.next();
    expect(asked).toEqual(['slow/a']);
    expect([...told]).toHaveLength(1);
    expect(asked).toEqual(['slow/a', 'quick/b']);
  });
});

/** The cluster of docs/recorded-demo.txt. */
function demo() {
  const spec = parseSpec({
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name: 'demo' },
    spec: {
      vsphere: { credential: 'lab' },
      templates: [{ name: 'small', source: { vm: 'debian' }, networks: [{ network: 'LAN' }] }],
      pools: [
        { name: 'control', template: 'small', count: 1, roles: ['etcd', 'controlplane', 'worker'] },
        { name: 'work', template: 'small', count: 2, roles: ['worker'] },
      ],
    },
  });
  const records = proposeRecords('c-demo1', spec, new Map(), new Set());
  const cluster = buildCluster('c-demo1', spec, findRelease('v1.36.3'), records);
  const plan = planCreate(cluster, { joined: new Set() });
  const will = plan.steps.map((one): StepForecast => ({ kind: 'will', step: one, reason: '' }));
  return { plan, will };
}

describe('the estimate of a run', () => {
  const limits = { machines: 50, phases: { 'pull-images': 10 } };

  it('is what the recorded demo took, within a fifth, where nothing was run here before', async () => {
    const { plan, will } = demo();
    const { ms, basis } = await estimateRun(plan, will, new Map(), limits, autoClock(), never);
    expect(basis).toBe('typical');
    expect(ms / 108_000).toBeGreaterThan(0.8);
    expect(ms / 108_000).toBeLessThan(1.2);
  });

  it('has a typical duration of every phase that changes something', () => {
    const only = new Set(['check-images', 'node-ready', 'kubeconfig', 'user-addons']); // look, wait for others, or local
    expect(createPhases.filter(({ id }) => !typicalMs.has(id) && !only.has(id))).toEqual([]);
  });

  it('is short where all is so already', async () => {
    const { plan, will } = demo();
    const already = will.map(({ step: one }): StepForecast => ({ kind: 'already', step: one, reason: '' }));
    const { ms } = await estimateRun(plan, already, new Map(), limits, autoClock(), never);
    expect(ms).toBeLessThan(10_000);
  });

  it('goes by the medians of earlier runs of the operation that have succeeded', async () => {
    const clock = manualClock();
    const { world, store, addCluster, start } = openWorld(clock);
    const { id } = addCluster('home');
    const run = async (runId: string, ms: number, outcome: 'succeeded' | 'failed'): Promise<void> => {
      start(runId, id);
      const docker = 'docker/node-1';
      store.journal.append(runId, [
        { type: 'step.checking', step: docker, attempt: 1 },
        { type: 'step.applying', step: docker, attempt: 1, reason: 'missing' },
      ]);
      await clock.advance(ms);
      store.journal.append(runId, [
        { type: 'step.succeeded', step: docker },
        { type: 'run.finished', outcome, metrics },
      ]);
    };
    await run('r-1', 2_000, 'succeeded');
    await run('r-2', 8_000, 'succeeded');
    await run('r-3', 4_000, 'succeeded');
    await run('r-4', 90_000, 'failed');
    const views = runViews(world);
    const earlier = await earlierDurations({ store, clock: autoClock() }, views, 'create', never);
    expect([...earlier]).toEqual([['docker', 4_000]]);
    expect([...(await earlierDurations({ store, clock: autoClock() }, views, 'remove', never))]).toEqual([]);
    const plan = { operation: 'create', clusterId: id, phases: [], steps: [step('docker/a'), step('docker/b')] };
    const preview = plan.steps.map((one): StepForecast => ({ kind: 'will', step: one, reason: '' }));
    const estimate = estimateRun(plan, preview, earlier, { machines: 1 }, autoClock(), never);
    expect(await estimate).toEqual({ ms: 8_000, basis: 'history' });
  });

  it('of a thousand machines is never one piece of work: others come in between, and a cancelled one ends', async () => {
    const steps = Array.from({ length: 1000 }, (_, n) =>
      phaseNames.map((phase, at) =>
        step(`${phase}/${n}`, at > 0 ? { needs: [`${phaseNames[at - 1] ?? ''}/${n}`] } : {}),
      ),
    ).flat();
    const plan = { operation: 'create', clusterId: 'c-any', phases: [], steps };
    const preview = steps.map((one): StepForecast => ({ kind: 'will', step: one, reason: '' }));
    const pieces = countPieces();
    const { ms } = await estimateRun(plan, preview, pieces.durations, { machines: 50 }, pieces.clock, never);
    expect(ms).toBe((1000 / 50) * phaseNames.length * 1000);
    expect(pieces.sizes.reduce((sum, size) => sum + size)).toBe(steps.length);
    expect(Math.max(...pieces.sizes)).toBeLessThan(steps.length / 10);

    const left = AbortSignal.abort(new Error('left'));
    const cancelled = countPieces();
    await expect(
      estimateRun(plan, preview, cancelled.durations, { machines: 50 }, cancelled.clock, left),
    ).rejects.toThrow('left');
    expect(Math.max(...cancelled.sizes)).toBeLessThan(steps.length / 10);
  });
});

const phaseNames = Array.from({ length: 10 }, (_, at) => `phase-${at}`);

/** How many steps were looked at between one moment when others could work and the next. */
function countPieces() {
  const sizes = [0];
  class Durations extends Map<string, number> {
    override get(): number {
      sizes.push((sizes.pop() ?? 0) + 1);
      return 1000;
    }
  }
  const real = autoClock();
  const clock: Clock = {
    now: () => real.now(),
    sleep: (ms, signal) => {
      sizes.push(0);
      return real.sleep(ms, signal);
    },
  };
  return { sizes, clock, durations: new Durations() };
}
