import { hash } from 'node:crypto';

/** SHA-256 as lower-case hex. Synchronous: for what fits on a screen or two, not for archives. */
export function sha256Hex(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}
