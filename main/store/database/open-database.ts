import { statSync } from 'node:fs';
import { Database } from './database.ts';
import { checkIntegrity, refuseForeign } from './integrity.ts';
import { type AppliedMigration, migrate } from './migrate.ts';
import { migrations as released } from './migrations/all.ts';
import type { Migration } from './migrations/migration.ts';

/**
 * The quick check reads the whole file, about 0.3 s for this much; every command pays for it. Damage in a larger file shows
 * when SQLite reads it, and before each migration, which checks everything.
 */
const largestCheckedBytes = 64 * 2 ** 20;

export interface OpenedDatabase {
  readonly db: Database;
  /** What was brought up to date by this call, oldest first. */
  readonly applied: readonly AppliedMigration[];
}

/**
 * Opens the inventory, or makes it. Never replaces or repairs a file that it does not understand.
 * @param now Epoch ms: names the backup.
 * @throws `store.corrupt`, `store.foreign_file`, `store.newer`, `store.migration_failed`, `store.busy`, `store.unusable`
 */
export function openDatabase(
  path: string,
  now: () => number,
  migrations: readonly Migration[] = released,
): OpenedDatabase {
  const db = new Database(path);
  try {
    refuseForeign(db, migrations.at(-1)?.version ?? 0);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    if (statSync(path).size <= largestCheckedBytes) checkIntegrity(db, 'quick_check');
    const applied = migrate(db, migrations, now);
    return { db, applied };
  } catch (cause) {
    db.close();
    throw cause;
  }
}
