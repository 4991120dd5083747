import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ProbePort } from '#main/cluster/ports.ts';
import { SlipwayError } from '#shared/errors/define.ts';
import { connectTls } from './connect.ts';
import { isRefused, type Tunnel } from './tunnel.ts';

const answerMs = 5_000;

/** `ProbePort`: one connection per probe, as a load balancer's health check does. */
export function probeClient(tunnel: Tunnel): ProbePort {
  return {
    async get(machine, url, tls, signal) {
      const { hostname, port, pathname, search, protocol } = new URL(url);
      const target = { machine, host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
      try {
        const stream = tls
          ? await connectTls(tunnel, { ...target, serverName: tls.serverName }, { ca: tls.ca }, deadline)
          : await tunnel(machine, target.host, target.port, deadline);
        return await getOver(stream, `${target.host}:${String(target.port)}`, `${pathname}${search}`, deadline);
      } catch (error) {
        signal.throwIfAborted();
        if (isRefused(error)) return { status: 0, body: 'connection refused' };
        if (error instanceof SlipwayError) throw error;
        // Accepted and hung up, or silent: the process is there and does not serve yet.
        return { status: 0, body: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

function getOver(stream: Duplex, host: string, path: string, signal: AbortSignal) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const asked = request({ createConnection: () => stream, path, headers: { host }, signal });
    asked.once('error', reject);
    asked.once('response', (response) => {
      text(response)
        .then((body) => resolve({ status: response.statusCode ?? 0, body }))
        .catch(reject);
    });
    asked.end();
  }).finally(() => stream.destroy());
}
