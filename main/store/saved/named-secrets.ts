import { secretErrors } from '#shared/errors/secrets.ts';
import type { Database } from '#main/store/database/database.ts';
import type { Sealing } from '#main/store/sealing/sealing.ts';
import { query } from '#main/store/database/tables.ts';

/** Secrets that a spec names with `vault:name`. They belong to no cluster. */
export interface NamedSecrets {
  get(name: string): Promise<string | undefined>;
  /** @throws `secret.exists` when there is one, unless it may be replaced. */
  put(name: string, value: string, options: { readonly replace: boolean }): Promise<void>;
  /** @returns whether there was one. */
  remove(name: string): boolean;
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
    async put(name, value, { replace }) {
      onSecret(value);
      const stored = { sealed: (await sealing()).seal(value, context(name)), updated_at: now() };
      const insert = query.insertInto('named_secrets').values({ name, ...stored });
      const kept = replace
        ? insert.onConflict((conflict) => conflict.column('name').doUpdateSet(stored))
        : insert.onConflict((conflict) => conflict.column('name').doNothing());
      if (db.run(kept) === 0) throw secretErrors.exists({ name });
    },
    remove: (name) => db.run(query.deleteFrom('named_secrets').where('name', '=', name)) > 0,
    names: () => db.all(query.selectFrom('named_secrets').select('name').orderBy('name')).map(({ name }) => name),
  };
}
