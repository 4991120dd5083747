import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { Database } from '#main/store/database/database.ts';
import { migrate } from '#main/store/database/migrate.ts';
import { migrations } from '#main/store/database/migrations/all.ts';
import { temporaryHome } from '../home-for-test.ts';

const upTo = (version: number) => migrations.filter((migration) => migration.version <= version);

describe('migration 30', () => {
  it('adds profiles and drafts, and changes no row that was there', () => {
    const path = join(temporaryHome(), 'slipway.db');
    const db = new Database(path);
    migrate(db, upTo(20), () => 0);
    const plain = new Sqlite(path);
    plain.exec(`
      INSERT INTO settings VALUES ('vault', 'v-1');
      INSERT INTO templates VALUES ('small', '{"name":"small"}', 7);
      INSERT INTO named_secrets VALUES ('a/b', 's1.sealed', 7);
    `);
    const rows = (table: string) => plain.prepare(`SELECT * FROM ${table}`).all();
    const before = ['settings', 'templates', 'named_secrets', 'clusters', 'credentials'].map(rows);

    const applied = migrate(db, upTo(30), () => 0);

    expect(applied).toEqual([{ version: 30, name: 'profiles-and-drafts', changedRows: 0 }]);
    expect(['settings', 'templates', 'named_secrets', 'clusters', 'credentials'].map(rows)).toEqual(before);
    expect([rows('profiles'), rows('drafts')]).toEqual([[], []]);
    expect(() => plain.exec(`INSERT INTO drafts VALUES ('d', 't', 'no json', 1)`)).toThrow(/CHECK/);
    expect(() => plain.exec(`INSERT INTO profiles VALUES ('p', '', '', NULL, -1, 1, 1)`)).toThrow(/CHECK/);
    plain.close();
    db.close();
  });
});
