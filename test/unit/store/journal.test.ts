import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '#main/engine/plan.ts';
import type { Database } from '#main/store/database/database.ts';
import { journalIn } from '#main/store/runs/journal.ts';
import { openDatabase } from '#main/store/database/open-database.ts';
import { query } from '#main/store/database/tables.ts';
import { createRedactor } from '#main/secrets/redactor.ts';
import { contractCluster, journalContract } from '#test/engine/journal-contract.ts';
import { openStore, specNamed, temporaryHome } from './home-for-test.ts';

const now = () => 1_700_000_000_000;
const plan: Plan = { operation: 'create', clusterId: contractCluster, phases: [], steps: [] };
const started = {
  type: 'run.started',
  runId: 'r',
  plan: { operation: 'create', clusterId: contractCluster, phases: [], steps: [] },
} as const;

function databaseWithCluster(path: string): Database {
  const { db } = openDatabase(path, now);
  const cluster = { id: contractCluster, name: 'a', spec: '{}', release: 'v1', created_at: 1, updated_at: 1 };
  db.run(query.insertInto('clusters').values(cluster));
  return db;
}

describe('the journal in SQLite', () => {
  journalContract(() => {
    const path = join(temporaryHome(), 'slipway.db');
    let db = databaseWithCluster(path);
    return {
      journal: journalIn(db, { now }),
      reopen() {
        db.close();
        db = openDatabase(path, now).db;
        return journalIn(db, { now });
      },
      close: () => db.close(),
    };
  });

  it('records none of the events of an append of which one cannot be written', () => {
    using db = databaseWithCluster(join(temporaryHome(), 'slipway.db'));
    const journal = journalIn(db, { now });
    journal.start({ runId: 'r', clusterId: contractCluster, plan, document: null }, started);
    const unwritable = { type: 'step.succeeded', step: 1n as unknown as string } as const;
    expect(() => journal.append('r', [{ type: 'run.resumed' }, unwritable])).toThrow();
    expect(journal.load('r')?.events).toHaveLength(1);
    expect(journal.append('r', [{ type: 'run.resumed' }]).map(({ seq }) => seq)).toEqual([2]);
  });

  it('keeps secrets out of free text, and leaves alone what resume needs', () => {
    using db = databaseWithCluster(join(temporaryHome(), 'slipway.db'));
    const redactor = createRedactor();
    redactor.register('etcd'); // as a password; it must not break step ids
    redactor.register('correct horse');
    const journal = journalIn(db, { now, redaction: redactor });
    journal.start({ runId: 'r', clusterId: contractCluster, plan, document: null }, started);
    const error = {
      code: 'registry.login_refused',
      cause: 'docker login -p "correct horse" failed',
      hint: 'password=hunter2',
      params: { password: 'not registered', server: 'r.example' },
      retry: 'never',
      chain: [],
      lastLines: ['Authorization: Basic abcdefgh', 'correct horse'],
    } as const;
    const [event] = journal.append('r', [{ type: 'step.failed', step: 'etcd/etcd', error }]);
    expect(event).toEqual({
      type: 'step.failed',
      step: 'etcd/etcd',
      seq: 2,
      at: now(),
      error: {
        ...error,
        cause: 'docker login -p "[redacted]" failed',
        hint: 'password=[redacted]',
        params: { password: '[redacted]', server: 'r.example' },
        lastLines: ['Authorization: [redacted]', '[redacted]'],
      },
    });
    expect(journal.load('r')?.events[1]).toEqual(event);
  });

  it('refuses a run of a cluster that is not in the inventory', () => {
    using db = openDatabase(join(temporaryHome(), 'slipway.db'), now).db;
    const journal = journalIn(db, { now });
    const run = { runId: 'r', clusterId: contractCluster, plan, document: null };
    expect(() => journal.start(run, started)).toThrow(/FOREIGN KEY/);
  });
});

describe('runs', () => {
  const metrics = { elapsedMs: 5, peakRssBytes: 6, eventLoopDelayP99Ms: 7, mutations: 8 };

  it('are running while their lease is held, interrupted without, and as they ended otherwise', () => {
    const { store } = openStore({ now });
    const { id } = store.clusters.create({ spec: specNamed('a'), release: 'v1.36.3' });
    const state = () => store.runs.find('r')?.state;
    store.leases.acquire(id, 'r');
    store.journal.start({ runId: 'r', clusterId: id, plan, document: null }, started);
    const seen = [state()];
    store.leases.release(id, 'r');
    seen.push(state());
    store.journal.append('r', [{ type: 'run.finished', outcome: 'failed', metrics }]);
    seen.push(state());
    store.journal.append('r', [{ type: 'run.resumed' }]);
    seen.push(state());
    expect(seen).toEqual(['running', 'interrupted', 'failed', 'interrupted']);
  });

  it('are listed newest first, with what the run measured', () => {
    const { store } = openStore({ now });
    const { id } = store.clusters.create({ spec: specNamed('a'), release: 'v1.36.3' });
    for (const runId of ['z-first', 'a-second']) {
      store.journal.start({ runId, clusterId: id, plan, document: null }, { ...started, runId });
    }
    store.journal.append('a-second', [{ type: 'run.finished', outcome: 'succeeded', metrics }]);
    expect(store.runs.list(id).map(({ runId }) => runId)).toEqual(['a-second', 'z-first']);
    expect(store.runs.last(id)).toEqual({
      runId: 'a-second',
      clusterId: id,
      operation: 'create',
      state: 'succeeded',
      startedAt: now(),
      endedAt: now(),
      metrics,
    });
  });

  it('give watchers only the events after the one they saw last', () => {
    const { store } = openStore({ now });
    const { id } = store.clusters.create({ spec: specNamed('a'), release: 'v1.36.3' });
    store.journal.start({ runId: 'r', clusterId: id, plan, document: null }, started);
    store.journal.append('r', [{ type: 'run.resumed' }, { type: 'run.cancelling' }]);
    expect(store.runs.events('r', 2)).toEqual([{ type: 'run.cancelling', seq: 3, at: now() }]);
  });
});
