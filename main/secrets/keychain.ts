import type Keytar from 'keytar';
import { secretsErrors } from '#shared/errors/secrets.ts';

export const keychainService = 'slipway';

/** The part of an OS keychain that the vault needs. All calls throw `secrets.no_keychain` when there is none. */
export interface Keychain {
  get(account: string): Promise<string | undefined>;
  set(account: string, secret: string): Promise<void>;
  remove(account: string): Promise<void>;
}

/** Keychain of macOS, Credential Manager of Windows, Secret Service of Linux, by keytar. */
export function systemKeychain(): Keychain {
  return {
    get: async (account) => (await ask((keytar) => keytar.getPassword(keychainService, account))) ?? undefined,
    set: (account, secret) => ask((keytar) => keytar.setPassword(keychainService, account, secret)),
    remove: async (account) => {
      await ask((keytar) => keytar.deletePassword(keychainService, account));
    },
  };
}

/**
 * keytar is loaded at the first call only: it is a native module that needs libsecret, which a server without desktop
 * does not have, and whoever uses a passphrase file must not need it.
 */
async function ask<T>(question: (keytar: typeof Keytar) => Promise<T>): Promise<T> {
  try {
    const { default: keytar } = await import('keytar');
    return await question(keytar);
  } catch (cause) {
    throw secretsErrors.no_keychain({ reason: reasonOf(cause) });
  }
}

/** First line without its final stop; keytar's messages never hold the value. */
function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return (text.split('\n')[0] ?? text).replace(/\.\s*$/, '');
}
