import { storeErrors } from '#shared/errors/store.ts';
import type { Database } from './database.ts';

/** "SLIP": tells our file from any other SQLite database. */
export const applicationId = 0x534c4950;

/**
 * Refuses what is no database of ours, or one of a later version.
 * @param known The newest version that this program knows.
 * @throws `store.corrupt`, `store.foreign_file`, `store.newer`
 */
export function refuseForeign(db: Database, known: number): void {
  const found = Number(db.pragma('user_version')); // the first read of the file: throws when it is no database
  const owner = Number(db.pragma('application_id'));
  const isNew = found === 0 && owner === 0 && Number(db.pragma('schema_version')) === 0;
  if (!isNew && owner !== applicationId) throw storeErrors.foreign_file({ path: db.path });
  if (found > known) throw storeErrors.newer({ path: db.path, found, known });
}

/**
 * `quick_check` finds damaged pages; `integrity_check` also compares indexes with tables.
 * @throws `store.corrupt`
 */
export function checkIntegrity(db: Database, check: 'quick_check' | 'integrity_check'): void {
  const answer = String(db.pragma(`${check}(1)`));
  if (answer !== 'ok') throw storeErrors.corrupt({ path: db.path, reason: answer.replace(/\s+/g, ' ') });
}
