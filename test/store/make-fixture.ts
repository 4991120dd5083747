/**
 * Writes the fixture of the newest database version: `node test/store/make-fixture.ts`, once, with the release that
 * first has that version. Later versions must bring such a database forward (`migrations/fixtures.test.ts`).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { openVault } from '#main/secrets/vault.ts';
import { createRedactor } from '#main/secrets/redactor.ts';
import { Store } from '#main/store/store.ts';
import { fillInventory, fixtureTime, writeFixturePassphrase } from './fixture-content.ts';

const home = mkdtempSync(join(tmpdir(), 'slipway-fixture-'));
try {
  const passphraseFile = writeFixturePassphrase(home);
  const store = new Store({
    home,
    openVault: () => openVault({ home, passphraseFile }),
    redaction: createRedactor(),
    label: 'slipway up',
    heartbeatLimitMs: 30_000,
    now: () => fixtureTime,
    // On another computer, so that its age, not a process id, says whether it lives.
    holder: { hostname: 'fixture', pid: 1, processStart: '1', label: 'slipway up' },
  });
  await fillInventory(store);
  store.close();

  const db = new Sqlite(join(home, 'slipway.db'), { readonly: true });
  const version = String(db.pragma('user_version', { simple: true })).padStart(4, '0');
  const folder = fileURLToPath(new URL('fixtures/', import.meta.url));
  writeFileSync(join(folder, `${version}.sql`), dump(db));
  writeFileSync(join(folder, `${version}-vault.json`), readFileSync(join(home, 'vault.json')));
  process.stdout.write(`${folder}${version}.sql\n`);
} finally {
  rmSync(home, { recursive: true });
}

/** As SQL text, so that a review can read it. */
function dump(db: Sqlite.Database): string {
  const texts = (sql: string, ...args: readonly string[]) =>
    db
      .prepare(sql)
      .pluck()
      .all(...args)
      .map(String);
  const pragmas = ['application_id', 'user_version'].map(
    (name) => `PRAGMA ${name} = ${String(db.pragma(name, { simple: true }))}`,
  );
  const schema = texts('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid');
  const tables = texts("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid");
  const rows = tables.flatMap((table) => {
    const columns = texts('SELECT name FROM pragma_table_info(?)', table); // without computed ones
    const values = columns.map((column) => `quote(${column})`).join(` || ', ' || `);
    return texts(`SELECT ${values} FROM ${table}`).map(
      (row) => `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${row})`,
    );
  });
  return [...pragmas, ...schema, ...rows].map((statement) => `${statement};\n`).join('');
}
