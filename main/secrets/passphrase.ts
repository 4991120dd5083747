import { scrypt } from 'node:crypto';
import { open } from 'node:fs/promises';
import { secretsErrors } from '#shared/errors/secrets.ts';
import { failureCode } from './failure-code.ts';

/** Kept beside the wrapped key, so that stronger parameters can come later without losing what is there. */
export interface ScryptParameters {
  readonly n: number;
  readonly r: number;
  readonly p: number;
  /** base64url */
  readonly salt: string;
}

/**
 * One of the equally strong rows of OWASP's "Password Storage Cheat Sheet" for scrypt: the one that needs 32 MiB rather
 * than 128 MiB, which would show in the run's peak memory.
 */
export const scryptCost = { n: 2 ** 15, r: 8, p: 3 } as const;

const longestPassphraseBytes = 64 * 1024;

/**
 * The passphrase: the file's content without one line break at its end.
 * @throws `secrets.passphrase_file_*` when it cannot be read or when others than its owner may use it.
 */
export async function readPassphrase(path: string): Promise<string> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw secretsErrors.passphrase_file_unreadable({ path, reason: failureCode(cause) });
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw secretsErrors.passphrase_file_unreadable({ path, reason: 'not a regular file' });
    if (found.size > longestPassphraseBytes) {
      throw secretsErrors.passphrase_file_unreadable({ path, reason: 'longer than 64 KiB' });
    }
    // Windows has no such bits: every file looks like 0666 there.
    if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
      throw secretsErrors.passphrase_file_exposed({ path, mode: (found.mode & 0o777).toString(8).padStart(4, '0') });
    }
    const passphrase = (await file.readFile('utf8')).replace(/\r?\n$/, '');
    if (passphrase === '') throw secretsErrors.passphrase_empty({ path });
    return passphrase;
  } finally {
    await file.close();
  }
}

/** 32 bytes, off the main thread. */
export function keyFromPassphrase(passphrase: string, { n, r, p, salt }: ScryptParameters): Promise<Buffer> {
  // The same passphrase typed on macOS and on Linux may come in different Unicode forms.
  const password = Buffer.from(passphrase.normalize('NFKC'), 'utf8');
  const options = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(password, Buffer.from(salt, 'base64url'), 32, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
