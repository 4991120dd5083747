import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { SlipwayError } from '#shared/errors/define.ts';
import { secretErrors } from '#shared/errors/secrets.ts';
import { failureCode } from './failure-code.ts';

export interface SecretSources {
  /** Reads a sealed value of the inventory by name. */
  readonly named: (name: string) => Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here: the folder of the spec file. */
  readonly baseFolder: string;
  /** Told each value before anybody else sees it: the redactor's `register`. */
  readonly onSecret: (value: string) => void;
}

const largestSecretBytes = 1024 * 1024;

/**
 * Makes the function behind `InventoryPort.resolveSecret`: `file:/path` (`~/` is the home folder; one line break at
 * the end cut off), `env:NAME`, `vault:name`.
 * @throws `secret.missing`, `secret.empty`, `secret.unreadable`, each naming the reference.
 */
export function secretResolver(sources: SecretSources): (reference: string) => Promise<string> {
  return async (reference) => {
    const value = await read(reference, sources);
    if (value === undefined) throw secretErrors.missing({ reference });
    if (value === '') throw secretErrors.empty({ reference });
    sources.onSecret(value);
    return value;
  };
}

async function read(reference: string, sources: SecretSources): Promise<string | undefined> {
  const rest = reference.slice(reference.indexOf(':') + 1);
  switch (reference.slice(0, reference.length - rest.length)) {
    case 'file:':
      return readSecretFile(reference, resolve(sources.baseFolder, rest.replace(/^~(?=\/)/, homedir())));
    case 'env:':
      return sources.env[rest];
    case 'vault:':
      return sources.named(rest);
    default:
      // Not quoted: whoever writes something else here most likely wrote the secret itself.
      throw secretErrors.bad_reference({});
  }
}

async function readSecretFile(reference: string, path: string): Promise<string | undefined> {
  try {
    // Without O_NONBLOCK opening a named pipe would wait for a writer, perhaps for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw secretErrors.unreadable({ reference, reason: 'not a regular file' });
      if (found.size > largestSecretBytes) throw secretErrors.unreadable({ reference, reason: 'larger than 1 MiB' });
      return (await file.readFile('utf8')).replace(/\r?\n$/, '');
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    const reason = failureCode(cause);
    if (reason === 'ENOENT' || reason === 'ENOTDIR') return undefined;
    throw secretErrors.unreadable({ reference, reason });
  }
}
