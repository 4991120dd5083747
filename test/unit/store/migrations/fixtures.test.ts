import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openVault } from '#main/secrets/vault.ts';
import { migrations } from '#main/store/database/migrations/all.ts';
import type { StoreOptions } from '#main/store/store.ts';
import { fillInventory, fixtureTime, readInventory, writeFixturePassphrase } from '#test/store/fixture-content.ts';
import { openStore, temporaryHome } from '../home-for-test.ts';

const fixtures = fileURLToPath(new URL('../../../store/fixtures/', import.meta.url));
const versions = readdirSync(fixtures).flatMap((name) => /^(\d{4})\.sql$/.exec(name)?.[1] ?? []);

function optionsFor(home: string): Partial<StoreOptions> {
  const passphraseFile = writeFixturePassphrase(home);
  return { home, openVault: () => openVault({ home, passphraseFile }), now: () => fixtureTime };
}

/** A home folder as that release left it. */
function homeOfVersion(version: string): string {
  const home = temporaryHome();
  const db = new Sqlite(join(home, 'slipway.db'));
  db.exec(readFileSync(join(fixtures, `${version}.sql`), 'utf8'));
  db.close();
  copyFileSync(join(fixtures, `${version}-vault.json`), join(home, 'vault.json'));
  return home;
}

describe('a database of a released version', () => {
  it('is there for every version', () => {
    expect(versions.map(Number)).toEqual(migrations.map(({ version }) => version));
  });

  it.each(versions)('%s has at least one row in every table', (version) => {
    const db = new Sqlite(join(homeOfVersion(version), 'slipway.db'));
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all().map(String);
    const empty = tables.filter((table) => db.prepare(`SELECT 1 FROM ${table}`).get() === undefined);
    db.close();
    expect([tables.length > 10, empty]).toEqual([true, []]);
  });

  it.each(versions)('%s comes forward with everything in it, secrets included', async (version) => {
    const { store: migrated } = openStore(optionsFor(homeOfVersion(version)));
    const { store: fresh } = openStore(optionsFor(temporaryHome()));
    await fillInventory(fresh, Number(version));
    expect(migrated.applied.map((applied) => applied.version)).toEqual(
      migrations.map((migration) => migration.version).filter((number) => number > Number(version)),
    );
    expect(await readInventory(migrated)).toEqual(await readInventory(fresh));
  });
});
