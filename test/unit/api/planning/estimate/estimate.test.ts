import { describe, expect, it } from 'vitest';
import { estimateRun } from '#main/api/planning/estimate/estimate.ts';
import { earlierDurations } from '#main/api/planning/estimate/history.ts';
import { scheduledMs } from '#main/api/planning/estimate/schedule.ts';
import { typicalMs } from '#main/api/planning/estimate/typical-durations.ts';
import { runViews } from '#main/api/runs/run-views.ts';
import { createPhases, planCreate } from '#main/cluster/operations/create.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';
import { proposeRecords } from '#main/cluster/provision/propose.ts';
import type { PlannedStep } from '#main/engine/plan.ts';
import type { StepForecast } from '#main/engine/preview.ts';
import { manualClock } from '#test/fakes/clock.ts';
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
    expect(scheduledMs(steps, seconds, { machines })).toBe(sum);
  });

  it('is known soon for a thousand machines', () => {
    const all = Array.from({ length: 1000 }, (_, n) =>
      Array.from({ length: 15 }, (_2, at) =>
        step(`quick/${n}-${at}`, at > 0 ? { needs: [`quick/${n}-${at - 1}`] } : {}),
      ),
    ).flat();
    const before = performance.now();
    expect(scheduledMs(all, seconds, { machines: 50 })).toBe(300);
    expect(performance.now() - before).toBeLessThan(5000); // each step against each other one would take minutes
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

  it('is what the recorded demo took, within a fifth, where nothing was run here before', () => {
    const { plan, will } = demo();
    const { ms, basis } = estimateRun(plan, will, new Map(), limits);
    expect(basis).toBe('typical');
    expect(ms / 108_000).toBeGreaterThan(0.8);
    expect(ms / 108_000).toBeLessThan(1.2);
  });

  it('has a typical duration of every phase that changes something', () => {
    const only = new Set(['check-images', 'node-ready', 'kubeconfig', 'user-addons']); // look, wait for others, or local
    expect(createPhases.filter(({ id }) => !typicalMs.has(id) && !only.has(id))).toEqual([]);
  });

  it('is short where all is so already', () => {
    const { plan, will } = demo();
    const already = will.map(({ step: one }): StepForecast => ({ kind: 'already', step: one, reason: '' }));
    expect(estimateRun(plan, already, new Map(), limits).ms).toBeLessThan(10_000);
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
    const earlier = await earlierDurations(world, views, 'create', never);
    expect([...earlier]).toEqual([['docker', 4_000]]);
    expect([...(await earlierDurations(world, views, 'remove', never))]).toEqual([]);
    const plan = { operation: 'create', clusterId: id, phases: [], steps: [step('docker/a'), step('docker/b')] };
    const preview = plan.steps.map((one): StepForecast => ({ kind: 'will', step: one, reason: '' }));
    expect(estimateRun(plan, preview, earlier, { machines: 1 })).toEqual({ ms: 8_000, basis: 'history' });
  });
});
