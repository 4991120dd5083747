import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunOutcome } from '#shared/run/events.ts';
import { startChild } from './child.ts';
import { openStore, specNamed } from './home-for-test.ts';

const metrics = { elapsedMs: 1, peakRssBytes: 1, eventLoopDelayP99Ms: 1, mutations: 0 };
const finished = (outcome: RunOutcome) => ({ type: 'run.finished', outcome, metrics }) as const;
const unresolved = (): Promise<string> => Promise.reject(new Error('no secret is needed here'));
const container = { kind: 'container', key: 'node-1/etcd', where: 'node-1' };

/** A removal that has journaled its start. */
function begun() {
  const { home, store } = openStore();
  const { id } = store.clusters.create({ spec: specNamed('home'), release: 'v1.36.3' });
  const plan = { operation: 'remove', clusterId: id, phases: [], steps: [] };
  store.journal.start(
    { runId: 'run-1', clusterId: id, plan, document: null },
    { type: 'run.started', runId: 'run-1', plan },
  );
  return { home, store, id, journal: store.removalJournal(id) };
}

describe('the journal of a removal', () => {
  it('forgets the cluster with its good end, and tells who drives it that end and what is left', async () => {
    const { home, store, id, journal } = begun();
    store.openLog('run-1').close();
    await store.inventoryFor(id, unresolved).recordArtefacts([container]);
    expect(journal.leftBehind()).toBeUndefined();
    expect(journal.append('run-1', [finished('succeeded')])).toMatchObject([{ seq: 2, outcome: 'succeeded' }]);
    expect(journal.leftBehind()).toEqual([container]);
    expect([store.clusters.list(), store.runs.find('run-1'), store.leases.all()]).toEqual([[], undefined, []]);
    expect(readdirSync(join(home, 'runs'))).toEqual([]);
  });

  it.each(['failed', 'cancelled'] as const)('keeps everything when it ends as %s', (outcome) => {
    const { store, id, journal } = begun();
    journal.append('run-1', [finished(outcome)]);
    expect(store.runs.list(id).map(({ state }) => state)).toEqual([outcome]);
    expect(journal.leftBehind()).toBeUndefined();
  });

  it('journals no end where it cannot forget, so that it can be resumed', () => {
    const { home, store, journal } = begun();
    mkdirSync(join(home, 'runs', 'run-1.ndjson')); // cannot be removed like a file
    expect(() => journal.append('run-1', [finished('succeeded')])).toThrow(/run-1/);
    expect(store.runs.find('run-1')).toMatchObject({ state: 'interrupted', endedAt: undefined });
    expect(store.runs.lastSeq('run-1')).toBe(1);
    expect(journal.leftBehind()).toBeUndefined();
  });

  it('shows others a run that goes on until all is forgotten, and one to resume when its process dies in between', async () => {
    const { home, store, id, journal } = begun();
    const child = startChild(home, id, 'forget', 'run-1');
    expect(await child.answer()).toEqual({ clusters: 0 });
    expect(store.runs.find('run-1')?.state).toBe('running');
    await child.kill();
    expect(store.runs.find('run-1')).toMatchObject({ state: 'interrupted', endedAt: undefined });
    expect(store.runs.events('run-1', 0).map(({ type }) => type)).toEqual(['run.started']);
    journal.append('run-1', [{ type: 'run.resumed' }, finished('succeeded')]);
    expect(store.clusters.list()).toEqual([]);
  });
});
