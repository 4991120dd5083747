import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject, ObjectRef } from '#main/cluster/ports.ts';
import type { OpenKube } from '#main/kube/open-kube.ts';
import { SlipwayError } from '#shared/errors/define.ts';
import { autoClock } from '#test/fakes/clock.ts';
import { clusterCa, failure, type FakeServer, fakeServer, json, openFor, otherCa, watch } from './fake-servers.ts';

const { signal } = new AbortController();
const coreKinds = json({
  resources: [
    { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
    { name: 'nodes', kind: 'Node', namespaced: false },
    { name: 'nodes/status', kind: 'Node', namespaced: false },
  ],
});
const ref: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'a' };
const collection = '/api/v1/namespaces/kube-system/configmaps';
const configMap = (value: string, version = '1'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'kube-system', uid: 'u1', resourceVersion: version },
  data: { value },
});
const listed = (version: string, ...items: readonly unknown[]) =>
  json({ kind: 'ConfigMapList', metadata: { resourceVersion: version }, items });
const has = (value: string) => (object: KubeObject | undefined) =>
  (object?.['data'] as { value?: string } | undefined)?.value === value;
const asked = (server: FakeServer) => server.asked.map(({ method, path }) => `${method} ${path}`);

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'nothing thrown';
  } catch (error) {
    return error instanceof SlipwayError ? error.code : String(error);
  }
}

let a: FakeServer;
let b: FakeServer;
let opened: OpenKube;

beforeEach(async () => {
  [a, b] = await Promise.all([fakeServer(), fakeServer()]);
  for (const server of [a, b]) server.script.set('GET /api/v1', [coreKinds]);
  opened = openFor({ a, b }, autoClock());
});
afterEach(async () => {
  await opened[Symbol.asyncDispose]();
  await Promise.all([a.close(), b.close()]);
});

describe('kubeClient', () => {
  it('applies by server-side apply as slipway with force, at the path that discovery gives', async () => {
    a.script.set(`PATCH ${collection}/a`, [json(configMap('1'))]);
    await opened.kube.apply(configMap('1'), signal);
    const request = a.asked.at(-1);
    expect({ ...request, query: String(request?.query) }).toEqual({
      method: 'PATCH',
      path: `${collection}/a`,
      query: 'fieldManager=slipway&force=true',
      contentType: 'application/apply-patch+yaml',
      body: JSON.stringify(configMap('1')),
      user: 'kube-admin',
    });
  });

  it('looks for the kinds of an apiVersion once and keeps its connections', async () => {
    a.script.set(`GET ${collection}/a`, [json(configMap('1'))]);
    for (let i = 0; i < 12; i += 1) await opened.kube.get(ref, signal);
    expect(asked(a).filter((path) => path === 'GET /api/v1').length).toBe(1);
    // undici may open a second one while it still tidies up after the first answer.
    expect(a.connections).toBeLessThanOrEqual(2);
  });

  it('looks again for a kind that a definition has added meanwhile', async () => {
    a.script.set('GET /apis/example.com/v1', [
      json({ resources: [{ name: 'apples', kind: 'Apple', namespaced: false }] }),
      json({ resources: [{ name: 'pears', kind: 'Pear', namespaced: false }] }),
    ]);
    a.script.set('GET /apis/example.com/v1/apples/x', [failure(404, 'no apple')]);
    a.script.set('GET /apis/example.com/v1/pears/x', [failure(404, 'no pear')]);
    const fruit = (kind: string) => ({ apiVersion: 'example.com/v1', kind, name: 'x' });
    await opened.kube.get(fruit('Apple'), signal);
    expect(await opened.kube.get(fruit('Pear'), signal)).toBeUndefined();
    expect(asked(a)).toContain('GET /apis/example.com/v1/pears/x');
  });

  it('says that an object of a kind the cluster does not have is absent, but refuses to apply one', async () => {
    a.script.set('GET /apis/example.com/v1', [failure(404, 'no such group')]);
    const pear = { apiVersion: 'example.com/v1', kind: 'Pear', metadata: { name: 'x' } };
    expect(await opened.kube.get({ ...pear, name: 'x' }, signal)).toBeUndefined();
    expect(await codeOf(opened.kube.apply(pear, signal))).toBe('kube.unknown_kind');
  });

  it.each([
    { status: 403, code: 'kube.forbidden', retry: 'never' },
    { status: 409, code: 'kube.conflict', retry: 'backoff' },
    { status: 422, code: 'kube.invalid', retry: 'never' },
    { status: 404, code: 'kube.missing', retry: 'backoff' },
    { status: 401, code: 'kube.unauthorised', retry: 'never' },
    { status: 429, code: 'kube.not_ready', retry: 'backoff' },
    { status: 503, code: 'kube.not_ready', retry: 'backoff' },
  ])('answers HTTP $status to an apply with $code', async ({ status, code, retry }) => {
    a.script.set(`PATCH ${collection}/a`, [failure(status, 'spec.replicas: Invalid value: -1')]);
    const error: unknown = await opened.kube.apply(configMap('1'), signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ data: { code, retry } });
  });

  it("names the object and the API's own message when it is refused", async () => {
    a.script.set(`PATCH ${collection}/a`, [failure(422, 'data.value: Too long')]);
    await expect(opened.kube.apply(configMap('1'), signal)).rejects.toThrow(
      'The API refuses apply ConfigMap kube-system/a: data.value: Too long',
    );
  });

  it('goes to the next control plane machine when nothing listens on the first, and stays there', async () => {
    await opened[Symbol.asyncDispose]();
    opened = openFor({ gone: undefined, b }, autoClock());
    b.script.set(`GET ${collection}/a`, [json(configMap('1'))]);
    expect((await opened.kube.get(ref, signal))?.metadata.name).toBe('a');
  });

  it('names every machine when none answers', async () => {
    await opened[Symbol.asyncDispose]();
    opened = openFor({ m1: undefined, m2: undefined }, autoClock());
    const error: unknown = await opened.kube.get(ref, signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      data: {
        code: 'kube.unreachable',
        cause: 'No kube-apiserver answers on m1, m2.',
        retry: 'backoff',
        chain: [
          { code: 'ssh.tunnel_refused', target: 'm1' },
          { code: 'ssh.tunnel_refused', target: 'm2' },
        ],
      },
    });
  });

  it('asks again on a new connection when the kept one was closed under it', async () => {
    a.script.set(`GET ${collection}/a`, [
      json(configMap('1')),
      (_asked, response) => response.socket?.destroy(),
      json(configMap('2')),
    ]);
    await opened.kube.get(ref, signal);
    expect(has('2')(await opened.kube.get(ref, signal))).toBe(true);
    expect(b.asked).toEqual([]);
  });

  it.each([
    { why: 'another CA', server: () => fakeServer(otherCa) },
    { why: 'the right CA for another name', server: () => fakeServer(clusterCa, ['node-9']) },
  ])(
    'sends nothing to a server whose certificate is from $why, and does not try the next machine',
    async ({ server }) => {
      const wrong = await server();
      await opened[Symbol.asyncDispose]();
      opened = openFor({ wrong, b }, autoClock());
      expect(await codeOf(opened.kube.get(ref, signal))).toBe('kube.tls');
      expect([wrong.asked, b.asked]).toEqual([[], []]);
      await wrong.close();
    },
  );

  it('reads a long list page by page and gives the items their kind', async () => {
    a.script.set('GET /api/v1/configmaps', [
      json({ metadata: { continue: 'next page' }, items: [{ metadata: { name: 'x' } }] }),
      json({ metadata: {}, items: [{ metadata: { name: 'y' } }] }),
    ]);
    const found = await opened.kube.list({ apiVersion: 'v1', kind: 'ConfigMap', labelSelector: 'k=v' }, signal);
    expect(found).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'y' } },
    ]);
    expect(a.asked.slice(1).map(({ query }) => [query.get('labelSelector'), query.get('continue')])).toEqual([
      ['k=v', null],
      ['k=v', 'next page'],
    ]);
  });

  it('waits after a removal until the object is really gone', async () => {
    a.script.set(`DELETE ${collection}/a`, [json(configMap('1'))]);
    a.script.set(`GET ${collection}`, [
      listed('5', configMap('1', '5')),
      watch([{ type: 'DELETED', object: configMap('1', '6') }]),
    ]);
    await opened.kube.remove(ref, signal);
    expect(JSON.parse(a.asked[1]?.body ?? '')).toMatchObject({ propagationPolicy: 'Foreground' });
    expect(asked(a).at(-1)).toBe(`GET ${collection}`);
  });

  it('takes another object of the same name as a sign that ours is gone', async () => {
    a.script.set(`DELETE ${collection}/a`, [json({ kind: 'Status', details: { uid: 'u1' } })]);
    a.script.set(`GET ${collection}`, [listed('5', { metadata: { name: 'a', uid: 'u2' } })]);
    await opened.kube.remove(ref, signal);
    expect(a.asked.length).toBe(3);
  });

  it('removes what is not there without an error', async () => {
    a.script.set(`DELETE ${collection}/a`, [failure(404, 'not found')]);
    await expect(opened.kube.remove(ref, signal)).resolves.toBeUndefined();
  });
});

describe('readyz', () => {
  it('names the failed checks of a kube-apiserver that is not ready', async () => {
    a.script.set('GET /readyz', [
      (_asked, response) => response.writeHead(500).end('[+]ping ok\n[-]etcd failed: reason withheld\n'),
    ]);
    expect(await opened.kube.readyz('a', signal)).toEqual({
      ready: false,
      reason: 'HTTP 500: [-]etcd failed: reason withheld',
    });
  });

  it('asks that very machine, and takes a refused connection as an answer', async () => {
    await opened[Symbol.asyncDispose]();
    opened = openFor({ gone: undefined, b }, autoClock());
    expect((await opened.kube.readyz('gone', signal)).ready).toBe(false);
    expect(b.asked).toEqual([]);
  });
});

describe('until', () => {
  it('is called with what is there first and then with each event, without asking again', async () => {
    const seen: (string | undefined)[] = [];
    a.script.set(`GET ${collection}`, [
      listed('5'),
      watch(
        [
          { type: 'ADDED', object: configMap('1', '6') },
          { type: 'MODIFIED', object: configMap('2', '7') },
        ],
        'stay',
      ),
    ]);
    const accept = (object: KubeObject | undefined) => {
      seen.push((object?.['data'] as { value: string } | undefined)?.value);
      return has('2')(object);
    };
    await opened.kube.until(ref, accept, signal);
    expect([seen, a.asked.length]).toEqual([[undefined, '1', '2'], 3]);
    expect(String(a.asked[2]?.query)).toContain('resourceVersion=5&allowWatchBookmarks=true');
  });

  it('goes on at the last version, bookmarks included, when the API ends the watch', async () => {
    a.script.set(`GET ${collection}`, [
      listed('5', configMap('1', '5')),
      watch([
        { type: 'BOOKMARK', object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: '9' } } },
      ]),
      watch([{ type: 'MODIFIED', object: configMap('2', '10') }], 'stay'),
    ]);
    await opened.kube.until(ref, has('2'), signal);
    expect(a.asked.slice(2).map(({ query }) => query.get('resourceVersion'))).toEqual(['5', '9']);
  });

  it.each([
    { how: 'by an event', gone: watch([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]) },
    { how: 'by status', gone: failure(410, 'too old resource version') },
    { how: 'by a broken connection', gone: watch([], 'cut') },
  ])('reads the object afresh when the watch is lost $how', async ({ gone }) => {
    a.script.set(`GET ${collection}`, [listed('5', configMap('1', '5')), gone, listed('99', configMap('2', '99'))]);
    b.script.set(`GET ${collection}`, [listed('99', configMap('2', '99'))]);
    await opened.kube.until(ref, has('2'), signal);
    expect(
      [...a.asked, ...b.asked].filter(({ path, query }) => path === collection && !query.has('watch')).length,
    ).toBe(2);
  });

  it('goes on at another machine when the one it watched dies', async () => {
    a.script.set(`GET ${collection}`, [listed('5', configMap('1', '5')), watch([], 'stay')]);
    b.script.set(`GET ${collection}`, [listed('9', configMap('2', '9'))]);
    const waiting = opened.kube.until(ref, has('2'), signal);
    while (a.asked.length < 3) await new Promise((resolve) => setImmediate(resolve));
    const dying = a.close();
    await waiting;
    await dying;
    expect(asked(b)).toContain(`GET ${collection}`);
  });

  it('throws what the condition throws, without another try', async () => {
    a.script.set(`GET ${collection}`, [listed('5', configMap('1', '5'))]);
    const accept = () => {
      throw new Error('the job has failed');
    };
    await expect(opened.kube.until(ref, accept, signal)).rejects.toThrow('the job has failed');
    expect(a.asked.length).toBe(2);
  });

  it('gives up on an API that forbids the look', async () => {
    a.script.set(`GET ${collection}`, [failure(403, 'no')]);
    expect(await codeOf(opened.kube.until(ref, has('2'), signal))).toBe('kube.forbidden');
  });

  it('ends at once with the reason of the signal', async () => {
    const cancel = new AbortController();
    a.script.set(`GET ${collection}`, [listed('5', configMap('1', '5')), watch([], 'stay')]);
    const waiting = opened.kube.until(ref, has('2'), cancel.signal);
    while (a.asked.length < 3) await new Promise((resolve) => setImmediate(resolve));
    cancel.abort(new Error('cancelled by the person'));
    await expect(waiting).rejects.toThrow('cancelled by the person');
  });
});
