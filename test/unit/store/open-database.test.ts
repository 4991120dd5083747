import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { Database } from '#main/store/database/database.ts';
import { migrations } from '#main/store/database/migrations/all.ts';
import type { Migration } from '#main/store/database/migrations/migration.ts';
import { openDatabase } from '#main/store/database/open-database.ts';
import { query } from '#main/store/database/tables.ts';
import { errorData } from '#shared/errors/define.ts';
import { temporaryHome } from './home-for-test.ts';

const now = () => Date.UTC(2026, 0, 2, 3, 4, 5);
const latest = migrations.at(-1)?.version ?? 0;
const later: Migration = {
  version: latest + 10,
  name: 'later',
  sql: "UPDATE clusters SET release = 'v2'; CREATE TABLE later (id TEXT) STRICT;",
};

function newDatabase(): string {
  const path = join(temporaryHome(), 'slipway.db');
  const { db } = openDatabase(path, now);
  db.script("INSERT INTO clusters VALUES ('c-abcde', 'a', '{}', 'v1', 1, 1), ('c-fghij', 'b', '{}', 'v1', 1, 1)");
  db.close();
  return path;
}

/** The code of what opening throws; the file must be the same, byte for byte, and no other one beside it. */
function refusal(path: string, known: readonly Migration[] = migrations): string {
  const before = readFileSync(path);
  let code = 'opened';
  try {
    openDatabase(path, now, known).db.close();
  } catch (thrown) {
    code = errorData(thrown).code;
  }
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(existsSync(join(path, '..', 'backups'))).toBe(false);
  return code;
}

describe('opening the database', () => {
  it('makes a new one that only its owner can read, without a backup of nothing', () => {
    const home = temporaryHome();
    const path = join(home, 'slipway.db');
    const { db, applied } = openDatabase(path, now);
    db.script("INSERT INTO settings VALUES ('a', 'b')");
    expect(applied.map(({ version }) => version)).toEqual(migrations.map(({ version }) => version));
    for (const name of readdirSync(home))
      expect([name, statSync(join(home, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(readdirSync(home).sort()).toEqual(['slipway.db', 'slipway.db-shm', 'slipway.db-wal']);
    db.close();
  });

  it('applies nothing to one that is up to date', () => {
    const { db, applied } = openDatabase(newDatabase(), now);
    db.close();
    expect(applied).toEqual([]);
  });

  it('keeps what it promises of each connection: write-ahead log, fsync, foreign keys', () => {
    const { db } = openDatabase(newDatabase(), now);
    const settings = ['journal_mode', 'synchronous', 'foreign_keys'].map((name) => db.pragma(name));
    db.close();
    expect(settings).toEqual(['wal', 2, 1]);
  });

  it('syncs each transaction as it wants it, whatever the one before wanted, even a failed one', () => {
    const { db } = openDatabase(newDatabase(), now);
    const level = () => db.pragma('synchronous');
    const fail = () => {
      throw new Error('no');
    };
    const seen = [db.transaction(level, { powerCut: false }), db.transaction(level)];
    expect(() => db.transaction(fail, { powerCut: false })).toThrow('no');
    seen.push(db.transaction(level, { powerCut: false }), db.transaction(level));
    db.transaction(() => undefined, { powerCut: false });
    db.run(query.deleteFrom('settings').where('name', '=', 'x'));
    seen.push(level());
    db.transaction(() => undefined, { powerCut: false });
    db.script('SELECT 1');
    seen.push(level());
    db.close();
    expect(seen).toEqual([1, 2, 1, 2, 2, 2]);
  });

  it('refuses a file that is no database', () => {
    const path = join(temporaryHome(), 'slipway.db');
    writeFileSync(path, 'this is not a database, but long enough to look at, '.repeat(40));
    expect(refusal(path)).toBe('store.corrupt');
  });

  it('refuses a database with damaged pages', () => {
    const path = newDatabase();
    const bytes = readFileSync(path);
    const pageSize = bytes.readUInt16BE(16);
    bytes.fill(0xff, pageSize, bytes.length);
    writeFileSync(path, bytes);
    expect(refusal(path)).toBe('store.corrupt');
  });

  it('refuses a database that was cut short', () => {
    const path = newDatabase();
    writeFileSync(path, readFileSync(path).subarray(0, 8192 + 100));
    expect(refusal(path)).toBe('store.corrupt');
  });

  it('refuses the database of another program', () => {
    const path = join(temporaryHome(), 'slipway.db');
    const other = new Sqlite(path);
    other.exec('CREATE TABLE bookmarks (url TEXT)');
    other.close();
    expect(refusal(path)).toBe('store.foreign_file');
  });

  it('refuses the database of a newer version', () => {
    const path = newDatabase();
    openDatabase(path, now, [...migrations, later]).db.close();
    const backups = readdirSync(join(path, '..', 'backups'));
    expect(backups).toHaveLength(1);
    const moved = join(temporaryHome(), 'slipway.db');
    copyFileSync(path, moved);
    expect(refusal(moved)).toBe('store.newer');
  });

  it('waits for a locked database, then says so', () => {
    const path = newDatabase();
    const other = new Sqlite(path);
    other.exec('BEGIN EXCLUSIVE');
    const db = new Database(path, 20);
    const write = () => db.transaction(() => undefined);
    expect(write).toThrow(expect.objectContaining({ code: 'store.busy' }));
    other.close();
    expect(write).not.toThrow();
    db.close();
  });
});

describe('a migration', () => {
  it('tells how many rows it changed, after a backup with everything from before', () => {
    const path = newDatabase();
    const { db, applied } = openDatabase(path, now, [...migrations, later]);
    db.close();
    expect(applied).toEqual([{ version: later.version, name: 'later', changedRows: 2 }]);
    const folder = join(path, '..', 'backups');
    const [name = ''] = readdirSync(folder);
    expect(name).toMatch(/^slipway-\d{4}-2026-01-02T03-04-05\.000Z-\d+\.db$/);
    expect(name).toContain(`-00${String(latest)}-`);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    const backup = openDatabase(join(folder, name), now).db; // opens with the version it was made by
    const releases = backup.pragma('integrity_check');
    backup.close();
    expect(releases).toBe('ok');
    const raw = new Sqlite(join(folder, name), { readonly: true });
    expect(raw.prepare('SELECT DISTINCT release FROM clusters').pluck().all()).toEqual(['v1']);
    raw.close();
  });

  it('that fails takes all others of the same opening back with it', () => {
    const path = newDatabase();
    const broken: Migration = { version: later.version + 10, name: 'broken', sql: 'UPDATE nothing SET a = 1' };
    const open = () => openDatabase(path, now, [...migrations, later, broken]);
    expect(open).toThrow(expect.objectContaining({ code: 'store.migration_failed' }));
    const { db, applied } = openDatabase(path, now, migrations);
    const version = db.pragma('user_version');
    const release = db.pragma("table_info('later')");
    db.close();
    expect({ applied, version, release }).toEqual({ applied: [], version: latest, release: undefined });
  });

  it('must leave no row that points at nothing', () => {
    const path = newDatabase();
    const { db } = openDatabase(path, now);
    db.script("INSERT INTO kubeconfigs VALUES ('c-abcde', 's1.x')");
    db.close();
    const orphaning: Migration = { version: later.version, name: 'orphaning', sql: 'DELETE FROM clusters' };
    const open = () => openDatabase(path, now, [...migrations, orphaning]);
    expect(open).toThrow(/kubeconfigs points at rows that are gone/);
  });
});
