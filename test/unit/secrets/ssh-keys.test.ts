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

  it('never makes the same twice', async () => {
    const pairs = await Promise.all([newSshKeyPair(), newSshKeyPair()]);
    expect(pairs[0].publicKey).not.toBe(pairs[1].publicKey);
  });
});
