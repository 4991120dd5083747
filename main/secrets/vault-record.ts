import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { secretsErrors } from '#shared/errors/secrets.ts';
import { failureCode } from './failure-code.ts';

const base64url = v.pipe(v.string(), v.regex(/^[-\w]+$/));
const sealed = v.pipe(v.string(), v.startsWith('s1.'));
const size = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

/**
 * `vault.json`: where the data key is and how it is wrapped. Nothing in it is secret without the passphrase, but without
 * it nothing opens. The limits keep a changed file from asking for endless memory or time.
 */
const VaultRecord = v.variant('store', [
  v.strictObject({
    version: v.literal(1),
    id: v.pipe(v.string(), v.uuid()),
    store: v.literal('keychain'),
    /** Sealed with the data key: tells a foreign key from the right one. */
    check: sealed,
  }),
  v.strictObject({
    version: v.literal(1),
    id: v.pipe(v.string(), v.uuid()),
    store: v.literal('passphrase'),
    kdf: v.strictObject({
      name: v.literal('scrypt'),
      n: size(2 ** 20),
      r: size(16),
      p: size(16),
      salt: base64url,
    }),
    /** The data key, sealed with the key that scrypt makes of the passphrase. */
    wrapped: sealed,
  }),
]);
export type VaultRecord = v.InferOutput<typeof VaultRecord>;

/** `undefined` only when there is no such file. @throws `secrets.record_unusable` for anything else. */
export async function readRecord(path: string): Promise<VaultRecord | undefined> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (failureCode(cause) === 'ENOENT') return undefined;
    throw secretsErrors.record_unusable({ path, reason: failureCode(cause) });
  });
  if (text === undefined) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), VaultRecord), text);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const field = v.getDotPath(issue) ?? 'the file';
  throw secretsErrors.record_unusable({ path, reason: `${field}: ${issue.message}` });
}

/**
 * Writes the record if there is none yet, whole or not at all. `false`: another process was faster.
 * A hard link is the one call that is both atomic and refuses to replace.
 */
export async function createRecord(path: string, record: VaultRecord): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(temporary, `${JSON.stringify(record, undefined, 2)}\n`);
    await link(temporary, path);
    return true;
  } catch (cause) {
    if (failureCode(cause) === 'EEXIST') return false;
    throw secretsErrors.record_unusable({ path, reason: failureCode(cause) });
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
