import type { Database } from './database.ts';
import type { Sealing } from './sealing.ts';
import { query } from './tables.ts';

/** Secrets that a spec names with `vault:name`. They belong to no cluster. */
export interface NamedSecrets {
  get(name: string): Promise<string | undefined>;
  put(name: string, value: string): Promise<void>;
  /** No error when there is none. */
  remove(name: string): void;
  /** Sorted. */
  names(): readonly string[];
}

export function namedSecretsIn(
  db: Database,
  options: {
    readonly sealing: () => Promise<Sealing>;
    readonly now: () => number;
    readonly onSecret: (value: string) => void;
  },
): NamedSecrets {
  const { sealing, now, onSecret } = options;
  const context = (name: string) => `named-secret:${name}`;

  return {
    async get(name) {
      const row = db.first(query.selectFrom('named_secrets').select('sealed').where('name', '=', name));
      if (!row) return undefined;
      const value = (await sealing()).open(row.sealed, context(name));
      onSecret(value);
      return value;
    },
    async put(name, value) {
      onSecret(value);
      const stored = { sealed: (await sealing()).seal(value, context(name)), updated_at: now() };
      db.run(
        query
          .insertInto('named_secrets')
          .values({ name, ...stored })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(stored)),
      );
    },
    remove(name) {
      db.run(query.deleteFrom('named_secrets').where('name', '=', name));
    },
    names: () => db.all(query.selectFrom('named_secrets').select('name').orderBy('name')).map(({ name }) => name),
  };
}
