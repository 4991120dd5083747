import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeClient } from '#main/kube/probe-client.ts';
import { sshErrors } from '#shared/errors/ssh.ts';
import { clusterCa, type FakeServer, fakeServer, otherCa, tunnelTo } from './fake-servers.ts';

const { signal } = new AbortController();

describe('probeClient', () => {
  it('answers status and body of a plain HTTP endpoint', async () => {
    const server = createServer(
      (request, response) => void response.writeHead(503).end(`not ok: ${request.url ?? ''}`),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const probe = probeClient((_machine, host, to) => Promise.resolve(connect(to, host)));
    const url = `http://127.0.0.1:${String(port)}/healthz?verbose`;
    expect(await probe.get('a', url, undefined, signal)).toEqual({ status: 503, body: 'not ok: /healthz?verbose' });
    await new Promise((resolve) => server.close(resolve));
  });

  it('takes a refused connection as an answer and a lost tunnel as an error', async () => {
    const refused = probeClient((machine, host) => tunnelTo(undefined, machine, host));
    expect(await refused.get('a', 'http://127.0.0.1:10248/healthz', undefined, signal)).toMatchObject({ status: 0 });
    const lost = probeClient(() => Promise.reject(sshErrors.connection_lost({ address: '10.0.0.1' })));
    await expect(lost.get('a', 'http://127.0.0.1:10248/healthz', undefined, signal)).rejects.toMatchObject({
      code: 'ssh.connection_lost',
    });
  });

  describe('over TLS', () => {
    let server: FakeServer;
    beforeEach(async () => {
      server = await fakeServer(clusterCa, ['node-1']);
    });
    afterEach(() => server.close());

    it.each([
      { why: 'another CA', tls: { ca: otherCa.ca, serverName: 'node-1' } },
      { why: 'another name', tls: { ca: clusterCa.ca, serverName: 'node-2' } },
    ])('refuses a server with a certificate of $why before it asks', async ({ tls }) => {
      const probe = probeClient((machine, host) => tunnelTo(server, machine, host));
      await expect(probe.get('a', 'https://127.0.0.1:10250/healthz', tls, signal)).rejects.toMatchObject({
        code: 'kube.tls',
      });
      expect(server.asked).toEqual([]);
    });
  });
});
