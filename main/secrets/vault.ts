import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { hasCode } from '#shared/errors/define.ts';
import { secretsErrors } from '#shared/errors/secrets.ts';
import { type Keychain, keychainService, systemKeychain } from './keychain.ts';
import { keyFromPassphrase, readPassphrase, scryptCost } from './passphrase.ts';
import { openWith, sealWith } from './sealed.ts';
import { createRecord, readRecord, type VaultRecord } from './vault-record.ts';

export interface VaultOptions {
  /** Slipway's home folder; the vault keeps `vault.json` there. */
  readonly home: string;
  /** Used instead of the keychain when given (SLIPWAY_PASSPHRASE_FILE). */
  readonly passphraseFile?: string | undefined;
  /** The system's own when left out. */
  readonly keychain?: Keychain;
}

export type VaultDescription =
  | { readonly kind: 'keychain'; readonly service: string; readonly account: string }
  | { readonly kind: 'passphrase-file'; readonly path: string; readonly kdf: string };

/** Seals and opens secrets under one data key, which it holds in memory until closed. */
export class Vault {
  /** Which vault this is: what another one sealed cannot be opened here. */
  readonly id: string;
  readonly #dataKey: Buffer;
  readonly #description: VaultDescription;

  constructor(id: string, dataKey: Buffer, description: VaultDescription) {
    this.id = id;
    this.#dataKey = dataKey;
    this.#description = description;
  }

  /** @param context What the value is and whose, such as `certificate:c-abcde:kube-ca`; needed again to open it. */
  seal(plaintext: string, context: string): string {
    return sealWith(this.#dataKey, plaintext, context);
  }

  /** @throws `secrets.tampered` when the value was changed or is given with another context. */
  open(sealed: string, context: string): string {
    return openWith(this.#dataKey, sealed, context);
  }

  describe(): VaultDescription {
    return this.#description;
  }

  /** Overwrites the data key: afterwards nothing opens. */
  close(): void {
    this.#dataKey.fill(0);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Opens the vault of a home folder and makes it on first use: with the passphrase file when one is given, otherwise with
 * the keychain. Never falls back from one to the other: that would be weaker than what the person asked for.
 * @throws `secrets.*`, each saying what to do.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const path = join(options.home, 'vault.json');
  const record = (await readRecord(path)) ?? (await makeVault(path, options));
  switch (record.store) {
    case 'keychain':
      if (options.passphraseFile !== undefined) throw secretsErrors.made_with_keychain({ home: options.home });
      return fromKeychain(record, options.keychain ?? systemKeychain());
    case 'passphrase':
      if (options.passphraseFile === undefined) throw secretsErrors.made_with_passphrase({ home: options.home });
      return fromPassphrase(record, options.passphraseFile);
  }
}

async function makeVault(path: string, options: VaultOptions): Promise<VaultRecord> {
  const id = randomUUID();
  const dataKey = randomBytes(32);
  if (options.passphraseFile !== undefined) {
    const kdf = { name: 'scrypt', ...scryptCost, salt: randomBytes(16).toString('base64url') } as const;
    const wrapKey = await keyFromPassphrase(await readPassphrase(options.passphraseFile), kdf);
    const wrapped = sealWith(wrapKey, dataKey.toString('base64'), wrappedContext(id));
    return keepFirst(path, { version: 1, id, store: 'passphrase', kdf, wrapped });
  }
  const keychain = options.keychain ?? systemKeychain();
  // The keychain first: a record without its key would be refused for ever, a key without record harms nobody.
  await keychain.set(id, dataKey.toString('base64'));
  const check = sealWith(dataKey, id, checkContext(id));
  const kept = await keepFirst(path, { version: 1, id, store: 'keychain', check });
  if (kept.id !== id) await keychain.remove(id);
  return kept;
}

/** Two first commands at once: whoever wrote the record first has made the vault, the other one uses it. */
async function keepFirst(path: string, record: VaultRecord): Promise<VaultRecord> {
  if (await createRecord(path, record)) return record;
  const first = await readRecord(path);
  if (!first) throw secretsErrors.record_unusable({ path, reason: 'it vanished while it was being made' });
  return first;
}

async function fromKeychain(record: VaultRecord & { store: 'keychain' }, keychain: Keychain): Promise<Vault> {
  const entry = { service: keychainService, account: record.id };
  const found = await keychain.get(record.id);
  if (found === undefined) throw secretsErrors.keychain_entry_missing(entry);
  const dataKey = Buffer.from(found, 'base64');
  if (dataKey.length !== 32) throw secretsErrors.wrong_key(entry);
  try {
    openWith(dataKey, record.check, checkContext(record.id));
  } catch (cause) {
    throw secretsErrors.wrong_key(entry, { cause });
  }
  return new Vault(record.id, dataKey, { kind: 'keychain', ...entry });
}

async function fromPassphrase(record: VaultRecord & { store: 'passphrase' }, path: string): Promise<Vault> {
  const { kdf, id } = record;
  const wrapKey = await keyFromPassphrase(await readPassphrase(path), kdf);
  try {
    const dataKey = Buffer.from(openWith(wrapKey, record.wrapped, wrappedContext(id)), 'base64');
    const cost = `scrypt, N=${kdf.n}, r=${kdf.r}, p=${kdf.p}`;
    return new Vault(id, dataKey, { kind: 'passphrase-file', path, kdf: cost });
  } catch (cause) {
    if (hasCode(cause, 'secrets.tampered')) throw secretsErrors.wrong_passphrase({ path });
    throw cause;
  }
}

const wrappedContext = (id: string) => `data-key:${id}`;
const checkContext = (id: string) => `check:${id}`;
