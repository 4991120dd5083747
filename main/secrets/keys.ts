import { generateKeyPair, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeysPort } from '#main/cluster/ports.ts';
import { newSshKeyPair } from './ssh-keys.ts';

const signAsync = promisify<string, Uint8Array, string, Buffer>(sign);

/** `KeysPort` over Node's crypto: keys and signatures are made on its thread pool, never on the main thread. */
export function nodeKeys(): KeysPort {
  return {
    async generateRsa(bits, signal) {
      signal.throwIfAborted();
      return new Promise((resolve, reject) => {
        const options = {
          modulusLength: bits,
          publicKeyEncoding: { type: 'spki', format: 'pem' },
          privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
        } as const;
        generateKeyPair('rsa', options, (error, publicKeyPem, privateKeyPem) => {
          if (error) reject(error);
          else resolve({ privateKeyPem, publicKeyPem });
        });
      });
    },
    generateSshKey: newSshKeyPair,
    sign: (privateKeyPem, data) => signAsync('sha256', data, privateKeyPem),
    randomBytes: (length) => randomBytes(length),
  };
}
