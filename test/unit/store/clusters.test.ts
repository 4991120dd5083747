import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { clustersIn } from '#main/store/clusters.ts';
import { openDatabase } from '#main/store/open-database.ts';
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
    const clusters = clustersIn(db, Date.now, () => ids.shift() ?? '');
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
