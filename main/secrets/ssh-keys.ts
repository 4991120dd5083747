import ssh2 from 'ssh2';

/** As OpenSSH writes them. */
export interface SshKeyPair {
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without a comment: for authorized_keys, and as a `hostKey` of the spec. */
  readonly publicKey: string;
}

/**
 * Ed25519. Made on Node's thread pool.
 *
 * ssh2 1.17 writes one pair in 256 wrongly: it takes the first bytes of a public key away when they are zero
 * (https://github.com/mscdex/ssh2/issues/1513). With such a host key a machine's sshd never starts, so a pair is read
 * back, and made anew when it cannot be.
 */
export async function newSshKeyPair(): Promise<SshKeyPair> {
  for (;;) {
    const pair = await generate();
    if (isReadable(pair.publicKey) && isReadable(pair.privateKey)) return pair;
  }
}

function generate(): Promise<SshKeyPair> {
  return new Promise((resolve, reject) => {
    ssh2.utils.generateKeyPair('ed25519', (error, pair) => {
      if (error) reject(error);
      else resolve({ privateKey: pair.private, publicKey: pair.public.trim() });
    });
  });
}

function isReadable(key: string): boolean {
  return !(ssh2.utils.parseKey(key) instanceof Error);
}
