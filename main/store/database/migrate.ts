import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { SlipwayError } from '#shared/errors/define.ts';
import { storeErrors } from '#shared/errors/store.ts';
import type { Database } from './database.ts';
import { failureCode } from '#main/store/failure-code.ts';
import type { Migration } from './migrations/migration.ts';
import { applicationId, checkIntegrity } from './integrity.ts';
import { query } from './tables.ts';

export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly changedRows: number;
}

/**
 * Brings the database forward: all pending migrations in one transaction, after a whole check and a copy of the file in
 * the folder `backups` beside it. There is no way back but that copy.
 */
export function migrate(
  db: Database,
  migrations: readonly Migration[],
  now: () => number,
): readonly AppliedMigration[] {
  const latest = migrations.at(-1)?.version ?? 0;
  const from = versionOf(db);
  if (from === latest) return [];
  if (from > 0) {
    checkIntegrity(db, 'integrity_check');
    backUp(db, from, now());
  }
  // Off while tables are rebuilt (SQLite, "Making Other Kinds Of Table Schema Changes"); it cannot change inside.
  db.pragma('foreign_keys = OFF');
  try {
    return db.transaction(() => applyPending(db, migrations, latest));
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    throw storeErrors.migration_failed({ path: db.path, version: latest, reason: messageOf(cause) });
  } finally {
    db.pragma('foreign_keys = ON');
  }
}

function applyPending(db: Database, migrations: readonly Migration[], latest: number): readonly AppliedMigration[] {
  const from = versionOf(db); // again: another process may have been faster while we waited for the lock
  if (from > latest) throw storeErrors.newer({ path: db.path, found: from, known: latest });
  const applied = migrations
    .filter(({ version }) => version > from)
    .map(({ version, name, sql: script }) => {
      const before = changesOf(db);
      db.script(script);
      return { version, name, changedRows: changesOf(db) - before };
    });
  const broken = db.first(foreignKeyCheck);
  if (broken) throw new Error(`table ${broken.table} points at rows that are gone`);
  db.pragma(`user_version = ${latest}`);
  db.pragma(`application_id = ${applicationId}`);
  return applied;
}

function backUp(db: Database, version: number, now: number): void {
  const folder = join(dirname(db.path), 'backups');
  const stamp = new Date(now).toISOString().replaceAll(':', '-');
  const path = join(folder, `slipway-${String(version).padStart(4, '0')}-${stamp}-${process.pid}.db`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'wx', 0o600)); // VACUUM INTO accepts an empty file, and then keeps its mode
    // A copy of the file alone would miss what is still in the -wal.
    db.script(`VACUUM INTO '${path.replaceAll("'", "''")}'`);
  } catch (cause) {
    throw storeErrors.migration_failed({
      path: db.path,
      version,
      reason: `no backup at ${path}: ${failureCode(cause)}`,
    });
  }
}

const foreignKeyCheck = query
  .selectFrom(sql<{ table: string }>`pragma_foreign_key_check()`.as('broken'))
  .select('broken.table');

const versionOf = (db: Database) => Number(db.pragma('user_version'));

function changesOf(db: Database): number {
  const row = db.first(query.selectNoFrom(sql<number>`total_changes()`.as('changes')));
  return row?.changes ?? 0;
}

const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));
