import ssh2 from 'ssh2';

/** As OpenSSH writes them. */
export interface SshKeyPair {
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without a comment: for authorized_keys, and as a `hostKey` of the spec. */
  readonly publicKey: string;
}

/** Ed25519. Made on Node's thread pool. */
export function newSshKeyPair(): Promise<SshKeyPair> {
  return new Promise((resolve, reject) => {
    ssh2.utils.generateKeyPair('ed25519', (error, pair) => {
      if (error) reject(error);
      else resolve({ privateKey: pair.private, publicKey: pair.public.trim() });
    });
  });
}
