import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { newSshKeyPair } from '#main/secrets/ssh-keys.ts';

describe('newSshKeyPair', () => {
  it('makes an Ed25519 pair whose halves belong together', async () => {
    const { privateKey, publicKey } = await newSshKeyPair();
    const parsed = ssh2.utils.parseKey(privateKey);
    if (parsed instanceof Error) throw parsed;
    expect(privateKey.split('\n', 1)).toEqual(['-----BEGIN OPENSSH PRIVATE KEY-----']);
    expect(publicKey).toBe(`ssh-ed25519 ${parsed.getPublicSSH().toString('base64')}`);
  });

  // The library writes one public key in 256 too short, so this many hold some with near certainty.
  it('makes only public keys of the 51 bytes that OpenSSH takes', async () => {
    const pairs = await Promise.all(Array.from({ length: 2000 }, () => newSshKeyPair()));
    const lengths = pairs.map(({ publicKey }) => Buffer.from(publicKey.split(' ')[1] ?? '', 'base64').length);
    expect(new Set(lengths)).toEqual(new Set([51]));
  });

  it('never makes the same twice', async () => {
    const pairs = await Promise.all([newSshKeyPair(), newSshKeyPair()]);
    expect(pairs[0].publicKey).not.toBe(pairs[1].publicKey);
  });
});
