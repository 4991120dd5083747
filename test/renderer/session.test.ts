import { describe, expect, it } from 'vitest';
import { openSession, OtherVersion, sessionHeaders } from '#renderer/lib/client/session.ts';
import { sessionHeader } from '#shared/contract/envelope.ts';
import { contractVersion } from '#shared/contract/index.ts';

function places(hash: string, answer: { readonly status: number; readonly body: unknown }, kept?: string) {
  const addresses: unknown[] = [];
  const sent: unknown[] = [];
  const stored = new Map(kept === undefined ? [] : [['slipway.session', kept]]);
  return {
    addresses,
    sent,
    stored,
    location: { hash, pathname: '/', search: '' },
    history: { replaceState: (_state: unknown, _title: string, url?: string | URL | null) => void addresses.push(url) },
    storage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
      removeItem: (key: string) => void stored.delete(key),
    },
    fetch: async (url: string, init: RequestInit) => {
      // By then nobody can copy the token from the address any more.
      sent.push({ url, method: init.method, body: init.body, addresses: [...addresses] });
      return new Response(JSON.stringify(answer.body), { status: answer.status });
    },
  };
}
const good = { status: 200, body: { session: 's-1', contract: contractVersion } };
const used = { status: 401, body: {} };

describe('the session of a tab', () => {
  it('is what the token of the address is swapped for, once it is out of the address', async () => {
    const tab = places('#token=t-1&page=/runs/r-1', good);
    expect(await openSession(tab)).toBe('s-1');
    expect(tab.sent).toEqual([
      { url: '/session', method: 'POST', body: '{"token":"t-1"}', addresses: ['/#/runs/r-1'] },
    ]);
    expect([...tab.stored.values()]).toEqual(['s-1']);
  });

  it('outlives a reload without asking again', async () => {
    const tab = places('#/runs/r-1', used, 's-0');
    expect([await openSession(tab), tab.sent, tab.addresses]).toEqual(['s-0', [], []]);
  });

  it('is the one it had where the link was used before, and none where it had none', async () => {
    expect(await openSession(places('#token=t-1', used, 's-0'))).toBe('s-0');
    expect(await openSession(places('#token=t-1', used))).toBeUndefined();
  });

  it('is refused by a page of another version', async () => {
    const other = { status: 200, body: { session: 's-1', contract: contractVersion + 1 } };
    await expect(openSession(places('#token=t-1', other))).rejects.toBeInstanceOf(OtherVersion);
  });

  it('goes into one header of each request', () => {
    expect(sessionHeaders('s-1')).toEqual({ [sessionHeader]: 's-1' });
  });
});
