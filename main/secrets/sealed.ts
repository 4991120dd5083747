import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { secretsErrors } from '#shared/errors/secrets.ts';

// Says how the rest is to be read, so that a later format can live beside this one.
const format = 's1.';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM with a random nonce: `s1.` + base64url(nonce, ciphertext, tag). The context is authenticated, not stored,
 * so a sealed value moved to another row does not open there.
 * @param key 32 bytes.
 */
export function sealWith(key: Uint8Array, plaintext: string, context: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context, 'utf8'));
  const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return format + Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
}

/** @throws `secrets.tampered` when key, context or any bit is another one than at sealing. */
export function openWith(key: Uint8Array, sealed: string, context: string): string {
  const bytes = sealed.startsWith(format) ? Buffer.from(sealed.slice(format.length), 'base64url') : Buffer.alloc(0);
  if (bytes.length < nonceBytes + tagBytes) throw secretsErrors.tampered({ context });
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    const body = bytes.subarray(nonceBytes, -tagBytes);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    // The cipher's own message ("unable to authenticate data") adds nothing.
    throw secretsErrors.tampered({ context });
  }
}
