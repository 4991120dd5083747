import type { Selectable } from 'kysely';
import { credentialErrors } from '#shared/errors/credential.ts';
import type { Database } from '#main/store/database/database.ts';
import type { Sealing } from '#main/store/sealing/sealing.ts';
import { parseStored } from '#main/store/database/stored-json.ts';
import { query, type Tables } from '#main/store/database/tables.ts';

/** How the server is known to be the right one. Public. */
export type StoredTrust =
  | { readonly kind: 'system' }
  | { readonly kind: 'ca'; readonly pem: string }
  | { readonly kind: 'thumbprint'; readonly sha256: string };

/** A cloud credential without its secrets: all that may be shown. */
export interface CredentialRecord {
  readonly name: string;
  readonly kind: 'vsphere';
  /** `host` or `host:port`. */
  readonly address: string;
  readonly user: string;
  readonly trust: StoredTrust;
  /** `http://user@proxy:3128`, never with a password. */
  readonly proxy: string | undefined;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What is sealed, in one piece: it changes together. */
export interface CredentialSecrets {
  readonly password: string;
  /** '' without one. */
  readonly proxyPassword: string;
}

export type NewCredentialRecord = Omit<CredentialRecord, 'createdAt' | 'updatedAt'>;

export interface Credentials {
  find(name: string): CredentialRecord | undefined;
  /** @throws `credential.unknown` with the names that there are. */
  get(name: string): CredentialRecord;
  /** @throws `credential.unknown`, and what opening the vault throws. */
  secrets(name: string): Promise<CredentialSecrets>;
  /** @throws `credential.exists` */
  create(record: NewCredentialRecord, secrets: CredentialSecrets): Promise<void>;
  /** Everything but the name and its birthday. @throws `credential.unknown` */
  update(record: NewCredentialRecord, secrets: CredentialSecrets): Promise<void>;
  /** @returns whether there was one. */
  remove(name: string): boolean;
  /** By name. */
  list(): readonly CredentialRecord[];
}

export interface CredentialsOptions {
  readonly sealing: () => Promise<Sealing>;
  readonly now: () => number;
  /** Told each secret that is read or written: the redactor's `register`. */
  readonly onSecret: (value: string) => void;
}

export function credentialsIn(db: Database, { sealing, now, onSecret }: CredentialsOptions): Credentials {
  // The context binds the value to its place: a row copied to another name does not open there.
  const context = (name: string) => `credential:${name}`;
  const select = query.selectFrom('credentials').selectAll();
  const find = (name: string) => db.first(select.where('name', '=', name));
  const list = () => db.all(select.orderBy('name'));

  function unknown(name: string) {
    const known = list().map((row) => row.name);
    return credentialErrors.unknown({ name, known: known.join(', ') || 'none yet' });
  }

  async function seal(name: string, secrets: CredentialSecrets): Promise<string> {
    tellSecrets(secrets, onSecret);
    return (await sealing()).seal(JSON.stringify(secrets), context(name));
  }

  return {
    find(name) {
      const row = find(name);
      return row && recordOf(row);
    },
    get(name) {
      const row = find(name);
      if (!row) throw unknown(name);
      return recordOf(row);
    },
    async secrets(name) {
      const row = find(name);
      if (!row) throw unknown(name);
      const secrets = parseStored<CredentialSecrets>((await sealing()).open(row.sealed, context(name)));
      tellSecrets(secrets, onSecret);
      return secrets;
    },
    async create(record, secrets) {
      const sealed = await seal(record.name, secrets);
      db.transaction(() => {
        if (find(record.name)) throw credentialErrors.exists({ name: record.name });
        const at = now();
        const row = { name: record.name, ...columnsOf(record), sealed, created_at: at, updated_at: at };
        db.run(query.insertInto('credentials').values(row));
      });
    },
    async update(record, secrets) {
      const { name } = record;
      const sealed = await seal(name, secrets);
      const row = { ...columnsOf(record), sealed, updated_at: now() };
      if (db.run(query.updateTable('credentials').set(row).where('name', '=', name)) === 0) throw unknown(name);
    },
    remove: (name) => db.run(query.deleteFrom('credentials').where('name', '=', name)) > 0,
    list: () => list().map(recordOf),
  };
}

function tellSecrets({ password, proxyPassword }: CredentialSecrets, onSecret: (value: string) => void): void {
  for (const value of [password, proxyPassword]) if (value !== '') onSecret(value);
}

function columnsOf({ kind, address, user, trust, proxy }: NewCredentialRecord) {
  return { kind, address, user, trust: JSON.stringify(trust), proxy: proxy ?? null };
}

function recordOf(row: Selectable<Tables['credentials']>): CredentialRecord {
  return {
    name: row.name,
    kind: row.kind,
    address: row.address,
    user: row.user,
    trust: parseStored<StoredTrust>(row.trust),
    proxy: row.proxy ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
