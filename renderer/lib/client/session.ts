import { contractVersion } from '#shared/contract/index.ts';
import { sessionHeader } from '#shared/contract/envelope.ts';

/** What the web host gave this tab. `undefined`: it has none, and only a new link from the host helps. */
export type Session = string | undefined;

export interface SessionPlaces {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  readonly history: Pick<History, 'replaceState'>;
  /** Of the tab, so that a reload keeps the session and closing the tab drops it. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

const storageKey = 'slipway.session';

/**
 * The session of this tab: the one-time token of the fragment (`#token=…&page=/runs/…`) is swapped for it once and
 * taken out of the address before anything else happens, so that it is in no history and no copied link.
 */
export async function openSession({ location, history, storage, fetch }: SessionPlaces): Promise<Session> {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get('token');
  if (token === null) return storage.getItem(storageKey) ?? undefined;
  history.replaceState(null, '', `${location.pathname}${location.search}#${fragment.get('page') ?? '/clusters'}`);
  const response = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  // A link used a second time: the session it once gave this tab is as good as before.
  if (!response.ok) return storage.getItem(storageKey) ?? undefined;
  const session = sessionOf(await response.json());
  if (session !== undefined) storage.setItem(storageKey, session);
  return session;
}

/** Whether the address is a link that `slipway-web` has printed. */
export function hasToken(hash: string): boolean {
  return new URLSearchParams(hash.slice(1)).has('token');
}

export function sessionHeaders(session: Session): Readonly<Record<string, string>> {
  return session === undefined ? {} : { [sessionHeader]: session };
}

/** The host ended it (it was started again): nothing that is kept opens it any more. */
export function dropSession(storage: SessionPlaces['storage']): void {
  storage.removeItem(storageKey);
}

function sessionOf(answer: unknown): Session {
  if (typeof answer !== 'object' || answer === null || !('session' in answer) || !('contract' in answer)) return;
  if (answer.contract !== contractVersion) throw new OtherVersion();
  return typeof answer.session === 'string' ? answer.session : undefined;
}

/** The page is of another version than its host: loading it again brings the right one. */
export class OtherVersion extends Error {}
