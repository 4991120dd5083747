import { sql } from 'kysely';
import type { Json } from '#shared/json.ts';
import type { Database } from '#main/store/database/database.ts';
import { parseStored } from '#main/store/database/stored-json.ts';
import { query } from '#main/store/database/tables.ts';

/** What somebody began in the wizard. */
export interface DraftSummary {
  readonly id: string;
  readonly title: string;
  /** Epoch ms. */
  readonly updatedAt: number;
}

export interface Draft extends DraftSummary {
  readonly content: Json;
}

export interface Drafts {
  find(id: string): Draft | undefined;
  /** Made or replaced. When there are more than are kept, those that nobody touched for longest go. */
  put(draft: Omit<Draft, 'updatedAt'>): void;
  /** No error when it is gone. */
  remove(id: string): void;
  /** Newest first. */
  list(): readonly DraftSummary[];
}

/** A page saves by itself: what nobody comes back to must not grow without end. */
const mostDrafts = 50;

export function draftsIn(db: Database, now: () => number): Drafts {
  const newestFirst = query
    .selectFrom('drafts')
    .orderBy('updated_at', 'desc')
    .orderBy(sql`rowid`, 'desc'); // two can be saved in one millisecond

  return {
    find(id) {
      const row = db.first(query.selectFrom('drafts').selectAll().where('id', '=', id));
      return row && { id, title: row.title, updatedAt: row.updated_at, content: parseStored<Json>(row.content) };
    },
    put: ({ id, title, content }) =>
      db.transaction(() => {
        const stored = { title, content: JSON.stringify(content), updated_at: now() };
        db.run(
          query
            .insertInto('drafts')
            .values({ id, ...stored })
            .onConflict((conflict) => conflict.column('id').doUpdateSet(stored)),
        );
        const kept = newestFirst.select('id').limit(mostDrafts);
        db.run(query.deleteFrom('drafts').where('id', 'not in', kept));
      }),
    remove(id) {
      db.run(query.deleteFrom('drafts').where('id', '=', id));
    },
    list: () =>
      db
        .all(newestFirst.select(['id', 'title', 'updated_at']))
        .map(({ id, title, updated_at }) => ({ id, title, updatedAt: updated_at })),
  };
}
