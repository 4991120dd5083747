import { describe, expect, it } from 'vitest';
import type { RunObserver } from '#main/api/runs/driving.ts';
import { followRun, type RunChange } from '#main/api/runs/follow-run.ts';
import { startRemoval } from '#main/api/runs/removal.ts';
import { runViews } from '#main/api/runs/run-views.ts';
import { toJson } from '#main/api/runs/run-document.ts';
import { continueRun } from '#main/api/runs/runs.ts';
import { planRemove } from '#main/cluster/operations/remove.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { planView } from '#main/engine/plan.ts';
import type { RunEvent } from '#shared/run/events.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import { autoClock } from '#test/fakes/clock.ts';
import { specNamed } from '#test/unit/store/home-for-test.ts';
import { openWorld, otherProcess } from '#test/unit/api/world-for-test.ts';

const never = new AbortController().signal;
const control = { cancel: never, leave: never };
const nobody = { approveHostKeys: () => Promise.resolve(false) };
const gone = { kind: 'container', key: 'm9/etcd', where: 'm9' };

/** Refused at once, wherever the test runs. */
function unreachable(given: ClusterSpec): ClusterSpec {
  const machines = given.spec.machines.map((machine) => ({ ...machine, address: '127.0.0.1' }));
  return { ...given, spec: { ...given.spec, machines, ssh: { ...given.spec.ssh, port: 1 } } };
}

/** A cluster of which nothing is recorded on its one machine, so that nobody has to reach it. */
async function recorded() {
  const clock = autoClock();
  const opened = openWorld(clock);
  const { store, world } = opened;
  const { id, spec, release } = store.clusters.create({ spec: unreachable(specNamed('home')), release: 'v1.36.3' });
  await store.inventoryFor(id, () => Promise.reject(new Error('no secret'))).recordArtefacts([gone]);
  const views = runViews(world);
  const seen: RunEvent[] = [];
  let started = (_runId: string): void => undefined;
  const observer = views.observing({
    started: ({ runId }) => started(runId),
    event: (event) => void seen.push(event),
    log: () => undefined,
  } satisfies RunObserver);
  const whenStarted = (act: (runId: string) => void): void => void (started = act);
  return { ...opened, clock, id, spec, release, views, seen, observer, whenStarted };
}

/** A removal that another process has brought to its last step, and has not ended. */
async function interrupted() {
  const found = await recorded();
  const { id, spec, release, store } = found;
  const plan = planRemove(buildCluster(id, spec, findRelease(release), new Map()), { forgetUnreachable: false });
  const document = toJson({ spec, release, folder: '/' });
  const run = { runId: 'r-1', clusterId: id, plan, document };
  store.journal.start(run, { type: 'run.started', runId: 'r-1', plan: planView(plan) });
  for (const { id: step } of plan.steps) {
    store.journal.append('r-1', [
      { type: 'step.checking', step, attempt: 1 },
      { type: 'step.skipped', step, reason: 'nothing of ours is there' },
    ]);
  }
  return found;
}

describe('a removal', () => {
  it('ends with the last view and what is left where nobody could look, and the inventory knows it no more', async () => {
    const { world, store, observer, seen } = await recorded();
    const result = await startRemoval(world, 'home', { forgetUnreachable: false }, nobody, observer, control);
    expect(result).toMatchObject({ outcome: 'succeeded', view: { status: 'succeeded' }, exists: [gone] });
    expect(seen.at(-1)).toMatchObject({ type: 'run.finished', seq: result.view.seq });
    expect([store.clusters.list(), store.runs.find(result.runId)]).toEqual([[], undefined]);
  });

  it('that was killed right before its end is ended by a resume', async () => {
    const { world, store, id, observer, seen } = await interrupted();
    expect(store.runs.find('r-1')?.state).toBe('interrupted');
    const result = await continueRun(world, { cluster: 'home' }, nobody, observer, control);
    expect(result).toMatchObject({ runId: 'r-1', outcome: 'succeeded', exists: [gone] });
    expect(seen.map(({ type }) => type)).toEqual(['run.resumed', 'run.finished']);
    expect([store.clusters.nameOf(id), store.runs.find('r-1')]).toEqual([undefined, undefined]);
  });

  it('shows its end to who follows it here, and that the cluster is gone to all who follow', async () => {
    const { world, home, clock, views, observer, whenStarted } = await interrupted();
    const elsewhere = { ...world, store: otherProcess(home, clock) };
    const following: Promise<readonly RunChange[]>[] = [];
    whenStarted((runId) => {
      const which = { runId, after: 0 };
      following.push(Array.fromAsync(followRun(world, views, which, never)));
      following.push(Array.fromAsync(followRun(elsewhere, runViews(elsewhere), which, never)));
    });
    await continueRun(world, { run: 'r-1' }, nobody, observer, control);
    const end = { kind: 'ended', state: 'succeeded', clusterGone: true };
    const [here, there] = await Promise.all(following);
    expect(here?.slice(-2)).toMatchObject([{ kind: 'snapshot', view: { status: 'succeeded' } }, end]);
    expect(there?.at(-1)).toEqual(end);
  });
});
