import type { SshAuth } from '#shared/spec/cluster.ts';

/** How a person thinks of it: a key is a file that is there, or a text that the vault is to keep. */
export const authKinds = ['agent', 'file', 'key', 'password'] as const;
export type AuthKind = (typeof authKinds)[number];

export function kindOfAuth(auth: SshAuth): AuthKind {
  if (auth.kind !== 'key') return auth.kind;
  return auth.key.startsWith('file:') ? 'file' : 'key';
}

/** Of that kind, and still to be filled in. */
export function authOfKind(kind: AuthKind): SshAuth {
  switch (kind) {
    case 'agent':
      return { kind: 'agent' };
    case 'file':
      return { kind: 'key', key: 'file:~/.ssh/id_ed25519' };
    case 'key':
      return { kind: 'key', key: '' };
    case 'password':
      return { kind: 'password', password: '' };
  }
}

/** What secrets of a cluster's logins are called in the vault. @param cluster its name, '' while it has none */
export function secretStem(cluster: string): string {
  return `${cluster || 'cluster'}-ssh`;
}
