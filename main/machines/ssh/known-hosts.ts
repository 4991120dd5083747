import { createHash } from 'node:crypto';

/** Where pinned host keys are kept. The store implements it. */
export interface KnownHosts {
  /** The pinned key as in an OpenSSH public key file: `ssh-ed25519 AAAA…`. */
  find(address: string, port: number): string | undefined;
  /** Replaces what was pinned. `given`: it came from the spec; `approved`: somebody approved it on first use. */
  pin(address: string, port: number, key: string, how: 'given' | 'approved'): void;
}

/**
 * Asked on the first use of a machine whose key is neither in the spec nor pinned.
 * @param machine name of the machine, or `bastion <address>`.
 */
export type ApproveHostKey = (machine: string, fingerprint: string, keyType: string) => Promise<boolean>;

/** `SHA256:…` as ssh-keygen -l prints it (no padding). */
export function fingerprint(keyBlob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(keyBlob).digest('base64').replace(/=+$/, '')}`;
}

/** `ssh-ed25519 AAAA…` from the key in wire format. */
export function publicKeyLine(keyBlob: Uint8Array): string {
  return `${keyType(keyBlob)} ${Buffer.from(keyBlob).toString('base64')}`;
}

/** RFC 4253, 6.6: the wire format starts with the type as a string. */
export function keyType(keyBlob: Uint8Array): string {
  const bytes = Buffer.from(keyBlob);
  return bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1');
}

/** What we expect of a host: a whole key, or a fingerprint of a key of unknown type. */
export type Pin =
  | { readonly kind: 'key'; readonly type: string; readonly fingerprint: string }
  | { readonly kind: 'fingerprint'; readonly fingerprint: string };

/** @param text `ssh-ed25519 AAAA… comment` or `SHA256:…`, checked by the spec's schema already. */
export function parsePin(text: string): Pin {
  if (text.startsWith('SHA256:')) return { kind: 'fingerprint', fingerprint: text.replace(/=+$/, '') };
  const [type = '', base64 = ''] = text.split(' ');
  return { kind: 'key', type, fingerprint: fingerprint(Buffer.from(base64, 'base64')) };
}
