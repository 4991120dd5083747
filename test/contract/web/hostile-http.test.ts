import { readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { longestBodyBytes, sessionHeader } from '#shared/contract/envelope.ts';
import { cluster, refusing } from '../../unit/apps/cli/fake-slipway.ts';
import { clientOf, hosted, json, rawRequest, signIn, temporaryFolder } from './web-host-for-test.ts';

const post = (headers: Record<string, string>, body = '{}') => ({
  method: 'POST',
  headers: { ...json, ...headers },
  body,
});

function codeIn(body: string): string {
  return (JSON.parse(body) as { readonly error: { readonly code: string } }).error.code;
}

describe('the web host', () => {
  it.each([
    'evil.example.com',
    'evil.example.com:80',
    '127.0.0.1.evil.example.com',
    'localhost.evil.example.com',
    'localhost@evil.example.com',
    '192.168.1.1',
    '0.0.0.0',
  ])('refuses a request for the host "%s": DNS rebinding', async (host) => {
    const here = await hosted({});
    for (const path of ['/', '/assets/index-B4x_9Qd2.js', '/api/connect', '/session']) {
      const answer = await rawRequest(here, path, path.startsWith('/a') ? post({ host }) : { headers: { host } });
      expect([path, answer.status, codeIn(answer.body)]).toEqual([path, 403, 'web.wrong_host']);
    }
  });

  it('answers to every name of this computer’s loopback, with the port of an ssh tunnel too', async () => {
    const here = await hosted({});
    for (const host of ['127.0.0.1:8080', 'localhost', 'localhost:1', '[::1]:8080']) {
      expect((await rawRequest(here, '/', { headers: { host } })).status).toBe(200);
    }
  });

  it.each([
    { origin: 'http://evil.example.com' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
    { origin: 'https://127.0.0.1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('refuses a call from another page: %o', async (headers) => {
    const here = await hosted({});
    const token = here.host.token();
    const answer = await rawRequest(here, '/session', post(headers, JSON.stringify({ token })));
    expect([answer.status, codeIn(answer.body)]).toEqual([403, 'web.wrong_origin']);
    expect(here.host.token()).toBe(token); // it was not used up
  });

  it('lets other pages read nothing: no CORS, and no preflight is answered', async () => {
    const here = await hosted({});
    const answer = await rawRequest(here, '/api/send', {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example.com' },
    });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([404, undefined]);
  });

  it('swaps a token once, and gives a new one for the next tab', async () => {
    const here = await hosted({});
    const first = here.host.token();
    const swap = (token: string) => rawRequest(here, '/session', post({}, JSON.stringify({ token })));
    expect((await swap(first)).status).toBe(200);
    const again = await swap(first);
    expect([again.status, codeIn(again.body)]).toEqual([401, 'web.no_session']);
    expect((await swap(here.host.token())).status).toBe(200);
    for (const wrong of ['', 'x', first.slice(1), `${here.host.token()}x`])
      expect((await swap(wrong)).status).toBe(401);
  });

  it.each(['/api/connect', '/api/send'])('does nothing at %s without a session', async (path) => {
    const here = await hosted({ clusters: () => Promise.reject(new Error('nobody may ask')) });
    for (const headers of [{}, { [sessionHeader]: 'wrong' }, { [sessionHeader]: here.host.token() }]) {
      const answer = await rawRequest(here, path, post(headers, '[]'));
      expect([answer.status, codeIn(answer.body)]).toEqual([401, 'web.no_session']);
    }
  });

  it('takes frames for a connection only from the session that has opened it', async () => {
    const here = await hosted({});
    const session = await signIn(here);
    for (const connection of ['nobody', '__proto__', '']) {
      const headers = { [sessionHeader]: session, 'x-slipway-connection': connection };
      const answer = await rawRequest(here, '/api/send', post(headers, '[]'));
      expect([answer.status, codeIn(answer.body)]).toEqual([404, 'web.no_connection']);
    }
  });

  it.each([
    '/../secret.js',
    '/assets/../../secret.js',
    '/assets/%2e%2e/%2e%2e/secret.js',
    '/..%2fsecret.js',
    '/assets/..\\..\\secret.js',
    '//etc/passwd',
    '/assets/',
    '/%00',
    '/__proto__',
    '/web.json',
  ])('serves nothing at %s', async (path) => {
    const here = await hosted({});
    const answer = await rawRequest(here, path);
    expect([answer.status, codeIn(answer.body)]).toEqual([404, 'web.not_found']);
  });

  it('refuses a body that is too large, said or unsaid, and keeps none of it', async () => {
    const here = await hosted({});
    const session = await signIn(here);
    const huge = `["${'x'.repeat(longestBodyBytes)}"]`;
    const said = await rawRequest(here, '/api/send', {
      method: 'POST',
      headers: { ...json, [sessionHeader]: session, 'content-length': String(100 * longestBodyBytes) },
    });
    expect([said.status, codeIn(said.body)]).toEqual([413, 'web.too_large']);
    const status = await rawRequest(here, '/api/send', {
      method: 'POST',
      headers: { ...json, [sessionHeader]: session, 'transfer-encoding': 'chunked' },
      body: huge,
    }).then(
      (answer) => answer.status,
      () => 413, // the host has hung up while we were still sending
    );
    expect(status).toBe(413);
    expect((await rawRequest(here, '/session', post({}, huge.slice(0, 5000)))).status).toBe(413);
    expect((await rawRequest(here, '/')).status).toBe(200);
  });

  it.each([
    { body: '{', type: 'application/json' },
    { body: '{"token":1}', type: 'application/json' },
    { body: '{"token":"a","__proto__":{}}', type: 'application/json' },
    { body: 'null', type: 'application/json' },
    { body: '{"token":"a"}', type: 'text/plain' },
    { body: 'token=a', type: 'application/x-www-form-urlencoded' },
  ])('cannot read $body as $type', async ({ body, type }) => {
    const here = await hosted({});
    const answer = await rawRequest(here, '/session', { method: 'POST', headers: { 'content-type': type }, body });
    expect([answer.status, codeIn(answer.body)]).toEqual([400, 'web.bad_request']);
  });

  it('gives every answer the headers that keep the pages to themselves', async () => {
    const here = await hosted({});
    const answers = [
      await rawRequest(here, '/'),
      await rawRequest(here, '/nowhere'),
      await rawRequest(here, '/api/connect', post({})),
    ];
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|http/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
      });
    }
  });

  it('lets a browser keep what is named by its hash, and nothing else', async () => {
    const here = await hosted({});
    const asset = await rawRequest(here, '/assets/index-B4x_9Qd2.js');
    expect(asset).toMatchObject({
      status: 200,
      body: 'export {};',
      headers: {
        'cache-control': 'public, max-age=31536000, immutable',
        'content-type': 'text/javascript; charset=utf-8',
      },
    });
    expect((await rawRequest(here, '/')).headers['cache-control']).toBe('no-store');
    expect((await rawRequest(here, '/', { method: 'HEAD' })).body).toBe('');
  });

  it('is reached from this computer only', async () => {
    const here = await hosted({});
    const { place } = here.host;
    if (place.kind !== 'port') throw new TypeError('It listens on a port.');
    const others = Object.values(networkInterfaces()).flatMap((addresses) =>
      (addresses ?? []).filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
    );
    for (const host of others) {
      const reached = await new Promise((resolve) => {
        const socket = connect({ host, port: place.port });
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      });
      expect([host, reached]).toEqual([host, false]);
    }
  });

  it('keeps its state where only its owner can read it, with the token that is good now, and removes it', async () => {
    const here = await hosted({});
    const path = join(here.home, 'web.json');
    const read = (): unknown => (JSON.parse(readFileSync(path, 'utf8')) as { readonly token: unknown }).token;
    expect([statSync(path).mode & 0o777, read()]).toEqual([0o600, here.host.token()]);
    await signIn(here);
    expect(read()).toBe(here.host.token());
    expect(JSON.stringify(here.log)).not.toContain(here.host.token());
    await here.close();
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('serves a Unix socket that only its owner can use, also over one that a killed host has left', async () => {
    const path = join(await temporaryFolder(), 'web.sock');
    const killed = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', killed]);
    expect(statSync(path).isSocket()).toBe(true);
    const first = await hosted({}, { kind: 'socket', path });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await rawRequest(first, '/', { headers: { host: 'localhost:8080' } })).status).toBe(200);
    await expect(hosted({}, { kind: 'socket', path })).rejects.toMatchObject({ code: 'web.cannot_listen' });
  });

  it('answers what Slipway answers, and tells its own faults to its log alone', async () => {
    const here = await hosted({
      clusters: async () => [cluster('home')],
      settings: { ...refusing.settings, secretStore: () => Promise.reject(new Error('hunter2 leaked')) },
      redact: (text) => text.replaceAll('hunter2', '[redacted]'),
    });
    const client = await clientOf(here);
    expect(await client.call('host.version', {})).toEqual({ contract: 1, product: '1.2.3' });
    expect(await client.call('host.capabilities', {})).toMatchObject({ app: 'web', nativeFileDialogs: false });
    expect(await client.call('clusters.list', {})).toEqual([
      { id: 'c-home', name: 'home', release: 'v1.36.3', machines: 3 },
    ]);
    await expect(client.call('settings.secretStore', {})).rejects.toMatchObject({ code: 'internal.unexpected' });
    expect(here.log.join('\n')).toContain('settings.secretStore: Error: [redacted] leaked');
  });
});
