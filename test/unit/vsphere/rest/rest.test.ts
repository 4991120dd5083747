import { describe, expect, it } from 'vitest';
import type { HttpAnswer, HttpRequest } from '#main/vsphere/client/connection.ts';
import { nothing, openRest, type RestServer } from '#main/vsphere/rest/rest.ts';
import { SlipwayError } from '#shared/errors/define.ts';

const { signal } = new AbortController();
const request = { method: 'GET', path: '/x', answer: nothing, what: 'look up tags', object: 'x' } as const;

/** Answers what was scripted, in turn; refuses anything else. */
function server(apiType: string, script: readonly Partial<HttpAnswer>[]) {
  const asked: (HttpRequest & { readonly access: string })[] = [];
  const content = { apiType, fullName: 'VMware ESXi 8.0.2' } as RestServer['content'];
  const vcenter: RestServer = {
    address: 'esxi.example.com',
    content,
    beforeClose: () => undefined,
    request: async (http, access) => {
      const answer = script[asked.length];
      asked.push({ ...http, access });
      if (!answer) throw new Error(`Nobody scripted ${http.method} ${http.path}.`);
      return { status: 200, body: '', cookies: [], ...answer };
    },
  };
  return { vcenter, asked };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  return error instanceof SlipwayError ? error.code : `no error of ours: ${String(error)}`;
}

const login = { body: '{"value":"secret"}' };

describe('REST', () => {
  it('is not even tried on a single ESXi host', async () => {
    const { vcenter, asked } = server('HostAgent', []);
    expect(await codeOf(openRest(vcenter).send(request, signal))).toBe('vsphere.no_rest');
    expect(asked).toEqual([]);
  });

  it('gives the password to the login only', async () => {
    const { vcenter, asked } = server('VirtualCenter', [login, {}]);
    await openRest(vcenter).send(request, signal);
    expect(asked.map(({ path, access }) => [path, access])).toEqual([
      ['/rest/com/vmware/cis/session', 'password'],
      ['/rest/x', 'none'],
    ]);
  });

  it('gives up when a new session is refused too', async () => {
    const { vcenter, asked } = server('VirtualCenter', [login, { status: 401 }, login, { status: 401 }]);
    expect(await codeOf(openRest(vcenter).send(request, signal))).toBe('vsphere.session_expired');
    expect(asked).toHaveLength(4);
  });

  it('does not take the page of a proxy for a session', async () => {
    const { vcenter } = server('VirtualCenter', [{ body: '<html>Welcome</html>' }]);
    expect(await codeOf(openRest(vcenter).send(request, signal))).toBe('vsphere.not_vcenter');
  });
});
