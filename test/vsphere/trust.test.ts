import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { parseVcenterAddress } from '#main/vsphere/client/address.ts';
import { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { lookAtCertificate } from '#main/vsphere/client/verified-socket.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { failureOf, openVcenter, optionsFor, signal } from './open.ts';

let lab: LabVcenter;

beforeAll(async () => {
  lab = await LabVcenter.start();
});
afterAll(() => lab[Symbol.asyncDispose]());
afterEach(async () => {
  await lab.control.replaceCertificate();
  await lab.control.reset();
});

const noPassword = async (): Promise<string> => {
  throw new Error('The password was asked for.');
};

describe('a vCenter whose certificate is not trusted', () => {
  it('gets not one request, and the error has its thumbprint for approval', async () => {
    const sha256 = await lab.control.replaceCertificate();
    const error = await failureOf(openVcenter(lab, { trust: { kind: 'system' }, password: noPassword }));
    expect(error).toMatchObject({ code: 'vsphere.certificate_untrusted', params: { thumbprint: sha256 } });
    expect(error.cause).toContain('no CA that we trust has signed it');
    expect((await lab.control.calls()).requests).toBe(0);
  });

  it('is refused when its CA is right but its certificate is for another address', async () => {
    await lab.control.replaceCertificate({ addresses: ['10.9.8.7'], names: ['other.example.com'] });
    const error = await failureOf(openVcenter(lab, { password: noPassword }));
    expect(error.code).toBe('vsphere.certificate_untrusted');
    expect(error.cause).toContain('for another name or address');
    expect((await lab.control.calls()).requests).toBe(0);
  });

  it('can be looked at without saying anything to it', async () => {
    const sha256 = await lab.control.replaceCertificate();
    const seen = await lookAtCertificate({ address: parseVcenterAddress(lab.url) }, signal);
    expect(seen).toMatchObject({
      thumbprint: sha256,
      subject: 'CN=lab vCenter',
      issuer: 'CN=Slipway lab vCenter CA',
      names: ['127.0.0.1'],
    });
    expect((await lab.control.calls()).requests).toBe(0);
  });
});

describe('an approved thumbprint', () => {
  it('is enough, whatever the names in the certificate are', async () => {
    const sha256 = await lab.control.replaceCertificate({ addresses: [], names: ['other.example.com'] });
    await using vcenter = await openVcenter(lab, { trust: { kind: 'thumbprint', sha256: sha256.toLowerCase() } });
    expect(vcenter.content.apiType).toBe('VirtualCenter');
  });

  it('no longer holds when the certificate has changed, even to one of the same CA', async () => {
    const before = await lab.control.replaceCertificate();
    const after = await lab.control.replaceCertificate();
    const trust = { kind: 'thumbprint', sha256: before } as const;
    const error = await failureOf(openVcenter(lab, { trust, password: noPassword }));
    expect(error).toMatchObject({
      code: 'vsphere.certificate_changed',
      params: { expected: before, thumbprint: after },
      retry: 'never',
    });
    expect((await lab.control.calls()).requests).toBe(0);
  });

  it('is checked for every later connection as well', async () => {
    const sha256 = await lab.control.replaceCertificate();
    await using vcenter = await openVcenter(lab, { trust: { kind: 'thumbprint', sha256 } });
    await lab.control.replaceCertificate();
    // The open connection is cut, so that the next call has to make a new one.
    await lab.control.addRule({ method: 'CurrentTime', drop: 'before', times: 1 });
    const call = { method: 'CurrentTime', target: { type: 'ServiceInstance', id: 'ServiceInstance' } };
    expect((await failureOf(vcenter.call(call, signal))).code).toBe('vsphere.unreachable');
    await lab.control.reset();
    expect((await failureOf(vcenter.call(call, signal))).code).toBe('vsphere.certificate_changed');
    expect((await lab.control.calls()).requests).toBe(0);
  });
});

describe('a proxy', () => {
  it('is used with its password, and sees nothing but the address', async () => {
    const proxy = await startProxy('Basic dXNlcjpwOnc=');
    await using vcenter = await openVcenter(lab, { proxy: proxy.url('user', 'p:w') });
    expect(vcenter.content.apiType).toBe('VirtualCenter');
    expect(new Set(proxy.seen)).toEqual(new Set([`CONNECT 127.0.0.1:${new URL(lab.url).port}`]));
  });

  it('that wants another password is named with its answer, and its password is not', async () => {
    const proxy = await startProxy('Basic other');
    const error = await failureOf(openVcenter(lab, { proxy: proxy.url('user', 'p:w') }));
    expect(error).toMatchObject({ code: 'vsphere.proxy_refused', params: { status: 407 } });
    expect(JSON.stringify(error)).not.toContain('p%3Aw');
  });

  it('that is not there is told from a vCenter that is not there', async () => {
    const error = await failureOf(openVcenter(lab, { proxy: 'http://127.0.0.1:1' }));
    expect(error.code).toBe('vsphere.proxy_unreachable');
  });
});

describe('an address', () => {
  it('where nothing listens is unreachable', async () => {
    const address = { host: '127.0.0.1', port: 1 };
    expect(await failureOf(openVcenter(lab, { address }))).toMatchObject({
      code: 'vsphere.unreachable',
      cause: 'The vCenter 127.0.0.1:1 does not answer: it refuses connections.',
    });
  });

  it('that does not resolve is unreachable', async () => {
    const address = { host: 'vcenter.invalid', port: 443 };
    expect(await failureOf(openVcenter(lab, { address }))).toMatchObject({ code: 'vsphere.unreachable' });
  });

  it('where something else than TLS answers is unreachable, and waiting for it can be given up', async () => {
    const server = createTcpServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const giveUp = new AbortController();
    server.on('connection', (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => giveUp.abort(new Error('given up')));
    });
    const opening = Vcenter.open(optionsFor(lab, { address: { host: '127.0.0.1', port } }), giveUp.signal);
    await expect(opening).rejects.toThrow('given up');
  });
});

async function startProxy(password: string) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.writeHead(400).end();
  });
  server.on('connect', (request: IncomingMessage, socket) => {
    seen.push(`CONNECT ${request.url ?? ''}`);
    if (request.headers['proxy-authorization'] !== password) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [host = '', port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = (user: string, secret: string): string =>
    `http://${user}:${encodeURIComponent(secret)}@127.0.0.1:${String(port)}`;
  return { seen, url };
}
