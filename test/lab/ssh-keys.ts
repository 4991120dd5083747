import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { run } from './command.ts';

export interface KeyPair {
  /** OpenSSH format. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… comment`. */
  readonly publicKey: string;
}

/** ssh2 writes one pair in 256 so that no sshd reads it (mscdex/ssh2#1513): a machine with that host key never answers. */
export function newKeyPair(comment: string): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    const readable = [pair.private, pair.public].every((key) => !(ssh2.utils.parseKey(key) instanceof Error));
    if (readable) return { privateKey: pair.private, publicKey: pair.public };
  }
}

/** As `ssh-keygen -l` prints it: `SHA256:` and base64 without padding. */
export function fingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

export function newPassword(): string {
  return randomBytes(12).toString('base64url');
}

/** A certificate authority for users: a machine that trusts it lets in whoever it signed. */
export interface UserCa {
  readonly publicKey: string;
  /** The `…-cert.pub` line that goes with this public key, valid for these login names for an hour. */
  sign(publicKey: string, principals: readonly string[]): Promise<string>;
}

export function newUserCa(): UserCa {
  const pair = newKeyPair('slipway-lab-user-ca');
  return { publicKey: pair.publicKey, sign: (publicKey, principals) => signUser(pair, publicKey, principals) };
}

async function signUser(ca: KeyPair, publicKey: string, principals: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-ca-'));
  try {
    await writeFile(join(folder, 'ca'), ca.privateKey, { mode: 0o600 });
    await writeFile(join(folder, 'user.pub'), publicKey);
    const identity = ['-I', 'slipway-lab', '-n', principals.join(','), '-V', '-5m:+1h'];
    await run(['ssh-keygen', '-q', '-s', join(folder, 'ca'), ...identity, join(folder, 'user.pub')]);
    return (await readFile(join(folder, 'user-cert.pub'), 'utf8')).trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
