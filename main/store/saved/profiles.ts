import { profileErrors } from '#shared/errors/profile.ts';
import type { Database } from '#main/store/database/database.ts';
import { query } from '#main/store/database/tables.ts';

/** A saved, reusable cluster spec, as it may be listed. */
export interface ProfileSummary {
  readonly name: string;
  /** '' without one. */
  readonly description: string;
  readonly release: string | undefined;
  /** So many machines its pools want. */
  readonly machines: number;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ProfileRecord extends ProfileSummary {
  /** YAML of the cluster spec; `metadata.name` is the profile's. */
  readonly text: string;
}

export type NewProfile = Omit<ProfileRecord, 'createdAt' | 'updatedAt'>;

/** Profiles of the inventory, by name. They belong to no cluster. */
export interface Profiles {
  find(name: string): ProfileRecord | undefined;
  /** A replaced one keeps its birthday. @throws `profile.exists` when there is one, unless it may be replaced. */
  put(profile: NewProfile, options: { readonly replace: boolean }): void;
  /** @returns whether there was one. */
  remove(name: string): boolean;
  /** By name, without the texts: they can be large. */
  list(): readonly ProfileSummary[];
}

const summaryColumns = ['name', 'description', 'release', 'machines', 'created_at', 'updated_at'] as const;

export function profilesIn(db: Database, now: () => number): Profiles {
  const one = (name: string) => db.first(query.selectFrom('profiles').selectAll().where('name', '=', name));

  return {
    find(name) {
      const row = one(name);
      return row && { ...summaryOf(row), text: row.text };
    },
    put: ({ name, description, text, release, machines }, { replace }) =>
      db.transaction(() => {
        if (!replace && one(name)) throw profileErrors.exists({ name });
        const at = now();
        const content = { description, text, release: release ?? null, machines, updated_at: at };
        db.run(
          query
            .insertInto('profiles')
            .values({ name, ...content, created_at: at })
            .onConflict((conflict) => conflict.column('name').doUpdateSet(content)),
        );
      }),
    remove: (name) => db.run(query.deleteFrom('profiles').where('name', '=', name)) > 0,
    list: () => db.all(query.selectFrom('profiles').select(summaryColumns).orderBy('name')).map(summaryOf),
  };
}

function summaryOf(row: {
  readonly name: string;
  readonly description: string;
  readonly release: string | null;
  readonly machines: number;
  readonly created_at: number;
  readonly updated_at: number;
}): ProfileSummary {
  const { name, description, machines } = row;
  const release = row.release ?? undefined;
  return { name, description, release, machines, createdAt: row.created_at, updatedAt: row.updated_at };
}
