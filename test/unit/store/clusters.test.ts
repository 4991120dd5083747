import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { clustersIn } from '#main/store/inventory/clusters.ts';
import { openDatabase } from '#main/store/database/open-database.ts';
import { errorData } from '#shared/errors/define.ts';
import { openStore, specNamed, temporaryHome } from './home-for-test.ts';

const release = 'v1.36.3';

describe('clusters', () => {
  it('get a namespace of their own and are found by it or by name', () => {
    const { store } = openStore({ now: () => 5 });
    const made = store.clusters.create({ spec: specNamed('prod'), release });
    expect(made.id).toMatch(/^c-[a-z0-9]{5}$/);
    expect(made).toEqual({ id: made.id, name: 'prod', spec: specNamed('prod'), release, createdAt: 5, updatedAt: 5 });
    expect(store.clusters.find('prod')).toEqual(made);
    expect(store.clusters.find(made.id)).toEqual(made);
  });

  it('are listed by name', () => {
    const { store } = openStore();
    for (const name of ['b', 'a']) store.clusters.create({ spec: specNamed(name), release });
    expect(store.clusters.list().map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('cannot have the name of another one', () => {
    const { store } = openStore();
    store.clusters.create({ spec: specNamed('a'), release });
    const again = () => store.clusters.create({ spec: specNamed('a'), release });
    expect(again).toThrow(expect.objectContaining({ code: 'store.cluster_exists' }));
    expect(store.clusters.list()).toHaveLength(1);
  });

  it('get another namespace when theirs is taken', () => {
    const { db } = openDatabase(join(temporaryHome(), 'slipway.db'), () => 1);
    const ids = ['c-aaaaa', 'c-aaaaa', 'c-bbbbb'];
    const clusters = clustersIn(db, { now: Date.now, removeLog: () => undefined, newId: () => ids.shift() ?? '' });
    const made = ['a', 'b'].map((name) => clusters.create({ spec: specNamed(name), release }).id);
    db.close();
    expect(made).toEqual(['c-aaaaa', 'c-bbbbb']);
  });

  it('keep their namespace and birthday when their spec changes', () => {
    let time = 1;
    const { store } = openStore({ now: () => time });
    const { id } = store.clusters.create({ spec: specNamed('a'), release });
    time = 2;
    store.clusters.updateSpec(id, { spec: specNamed('a'), release: 'v1.37.0' });
    expect(store.clusters.get('a')).toMatchObject({ id, release: 'v1.37.0', createdAt: 1, updatedAt: 2 });
  });

  it('that are unknown are an error where one is needed', () => {
    const { store } = openStore();
    expect(store.clusters.find('x')).toBeUndefined();
    const unknown = expect.objectContaining({ code: 'store.cluster_unknown' });
    expect(() => store.clusters.get('x')).toThrow(unknown);
    expect(() => store.clusters.updateSpec('c-xxxxx', { spec: specNamed('x'), release })).toThrow(unknown);
  });

  it('whose stored spec no longer fits are an error that names the field', () => {
    const { home, store } = openStore();
    store.clusters.create({ spec: specNamed('a'), release });
    const raw = new Sqlite(join(home, 'slipway.db'));
    raw.exec(`UPDATE clusters SET spec = json_set(spec, '$.spec.machines[0].address', 7)`);
    raw.close();
    expect(() => store.clusters.get('a')).toThrow(/cluster a .*spec\.machines\.0\.address/);
  });
});

describe('removing a cluster', () => {
  const unresolved = () => Promise.reject(new Error('not asked for'));
  const container = { kind: 'container', key: 'node-1/etcd', where: 'node-1' };
  const codeOf = (act: () => unknown) => {
    try {
      act();
    } catch (thrown) {
      return errorData(thrown);
    }
    return undefined;
  };

  it('takes all of it, run logs included, and nothing of another one', async () => {
    const { home, store } = openStore();
    const ids = ['a', 'b'].map((name) => store.clusters.create({ spec: specNamed(name), release }).id);
    const [a = '', b = ''] = ids;
    for (const clusterId of ids) {
      const plan = { operation: 'create', clusterId, phases: [], steps: [] };
      const runId = `run-${clusterId}`;
      store.journal.start({ runId, clusterId, plan, document: null }, { type: 'run.started', runId, plan });
      store.openLog(runId).close();
      const inventory = store.inventoryFor(clusterId, unresolved);
      await inventory.putSecret('x', 'y');
      await inventory.putStatus('node/a', { ready: true });
    }
    store.clusters.remove(a);
    expect(store.clusters.list().map(({ name }) => name)).toEqual(['b']);
    expect(readdirSync(join(home, 'runs'))).toEqual([`run-${b}.ndjson`]);
    const raw = new Sqlite(join(home, 'slipway.db'), { readonly: true });
    const tables = raw.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all().map(String);
    const rows = tables.flatMap((table) => raw.prepare(`SELECT * FROM ${table}`).all());
    raw.close();
    expect(JSON.stringify(rows)).toContain(b);
    expect(JSON.stringify(rows)).not.toContain(a);
    store.clusters.remove(a); // nothing happens
  });

  it('is refused while something of it exists, which is named, unless that shall be forgotten', async () => {
    const { store } = openStore();
    const { id } = store.clusters.create({ spec: specNamed('a'), release });
    await store.inventoryFor(id, unresolved).recordArtefacts([container]);
    expect(codeOf(() => store.clusters.remove(id))).toMatchObject({
      code: 'store.cluster_not_empty',
      params: { cluster: 'a', exists: 'container node-1/etcd' },
    });
    store.clusters.remove(id, { forgetWhatExists: true });
    expect(store.clusters.list()).toEqual([]);
  });

  it('keeps the cluster when a run log cannot be removed', () => {
    const { home, store } = openStore();
    const { id } = store.clusters.create({ spec: specNamed('a'), release });
    const plan = { operation: 'create', clusterId: id, phases: [], steps: [] };
    const run = { runId: 'run-1', clusterId: id, plan, document: null };
    store.journal.start(run, { type: 'run.started', runId: 'run-1', plan });
    mkdirSync(join(home, 'runs', 'run-1.ndjson'));
    expect(codeOf(() => store.clusters.remove(id))?.code).toBe('store.unusable');
    expect(store.runs.list(id)).toHaveLength(1);
  });
});

describe('known hosts', () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB';

  it('are pinned by address and port, replaced only by pinning again, and forgotten', () => {
    const { store } = openStore({ now: () => 9 });
    const host = { address: '192.0.2.1', port: 22, hostKey: key, approval: 'approved' } as const;
    store.knownHosts.pin([host, { ...host, port: 2222, approval: 'given' }]);
    store.knownHosts.pin([{ ...host, hostKey: `${key}2` }]);
    expect(store.knownHosts.list()).toEqual([
      { ...host, hostKey: `${key}2`, approvedAt: 9 },
      { ...host, port: 2222, approval: 'given', approvedAt: 9 },
    ]);
    store.knownHosts.forget('192.0.2.1', 22);
    expect(store.knownHosts.find('192.0.2.1', 22)).toBeUndefined();
    expect(store.knownHosts.find('192.0.2.1', 2222)?.hostKey).toBe(key);
  });
});
