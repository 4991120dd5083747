import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeysPort } from '#main/cluster/ports.ts';

type KeyPair = Awaited<ReturnType<KeysPort['generateRsa']>>;

/** Real keys, made once per test process: the n-th key of every world is the same. 1024 bits at most, for speed. */
const pool: KeyPair[] = [];

export function fakeKeys(): KeysPort {
  let given = 0;
  let keys = 0;
  return {
    generateRsa: async (bits, signal) => {
      signal.throwIfAborted();
      const pair = pool[given] ?? makeKey(Math.min(bits, 1024));
      pool[given] = pair;
      given += 1;
      return pair;
    },
    generateSshKey: async () => {
      keys += 1;
      return { privateKey: `ssh private key ${String(keys)}`, publicKey: `ssh-ed25519 AAAA${String(keys)}` };
    },
    sign: async (privateKeyPem, data) => sign('sha256', data, privateKeyPem),
    // Always the same: what a killed run threw away must not change what the next one makes.
    randomBytes: (length) => Uint8Array.from({ length }, (_, index) => (index * 37 + 11) % 256),
  };
}

function makeKey(modulusLength: number): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { privateKeyPem: privateKey, publicKeyPem: publicKey };
}
