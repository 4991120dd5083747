import { createHash, randomBytes } from 'node:crypto';

/** So many tabs may be in at a time; the one that came first has to go. */
const mostSessions = 64;

/** Who may talk to the host. Tokens are compared as hashes, so the time it takes tells nothing about them. */
export interface Sessions {
  /** Good for one swap. */
  readonly token: () => string;
  /** A session for the one-time token, which is a new one from then on; `undefined` when it is not good. */
  swap(token: string): string | undefined;
  knows(session: string): boolean;
}

/** @param onToken told each new one-time token. */
export function openSessions(onToken: (token: string) => void): Sessions {
  const sessions = new Set<string>();
  let token = secret();
  onToken(token);
  return {
    token: () => token,
    swap(given) {
      if (hash(given) !== hash(token)) return undefined;
      const session = secret();
      sessions.add(hash(session));
      const [oldest] = sessions;
      if (sessions.size > mostSessions && oldest !== undefined) sessions.delete(oldest);
      token = secret();
      onToken(token);
      return session;
    },
    knows: (session) => sessions.has(hash(session)),
  };
}

const secret = (): string => randomBytes(32).toString('base64url');
const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
