import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { type Duplex, duplexPair, pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { openKube, type OpenKube } from '#main/kube/open-kube.ts';
import type { Clock } from '#main/engine/clock.ts';
import { sshErrors } from '#shared/errors/ssh.ts';
import { type Issued, privateCa, type PrivateCa } from './private-ca.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: string;
  /** Common name of the client's certificate. */
  readonly user: string;
}

export type Handler = (asked: Asked, response: ServerResponse) => void;

/** A real HTTPS server with a certificate of a private CA. It refuses whatever the test did not script. */
export interface FakeServer {
  readonly asked: Asked[];
  /** How many TLS connections were made to it. */
  connections: number;
  /** Key `GET /api/v1/…` without query. The last handler of a list stays. */
  readonly script: Map<string, Handler[]>;
  readonly port: number;
  /** Ends all connections, as a process does that dies. */
  cut(): void;
  close(): Promise<void>;
}

export const clusterCa = privateCa('kube-ca');
export const otherCa = privateCa('another-ca');
const admin = clusterCa.issue({ commonName: 'kube-admin', organization: 'system:masters' });

export async function fakeServer(
  issuer: PrivateCa = clusterCa,
  names: readonly string[] = ['127.0.0.1'],
): Promise<FakeServer> {
  const identity = serverIdentity(issuer, names);
  const script = new Map<string, Handler[]>();
  const asked: Asked[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer(
    { cert: identity.certificate, key: identity.key, ca: clusterCa.ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => void answer(request, response, script, asked),
  );
  const fake = { asked, script, connections: 0 };
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('secureConnection', () => void (fake.connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(fake, {
    port: (server.address() as AddressInfo).port,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

const identities = new Map<string, Issued>();

/** RSA keys take a quarter of a second each: one per CA and name. */
function serverIdentity(issuer: PrivateCa, names: readonly string[]): Issued {
  const key = `${issuer.ca} ${names.join()}`;
  const identity = identities.get(key) ?? issuer.issue({ commonName: 'server', names });
  identities.set(key, identity);
  return identity;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  script: Map<string, Handler[]>,
  log: Asked[],
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://127.0.0.1');
  const asked: Asked = {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    contentType: request.headers['content-type'] ?? '',
    body: await text(request),
    user: (request.socket as TLSSocket).getPeerCertificate().subject.CN as string,
  };
  log.push(asked);
  const handlers = script.get(`${asked.method} ${asked.path}`);
  const handler = (handlers?.length ?? 0) > 1 ? handlers?.shift() : handlers?.[0];
  if (handler) handler(asked, response);
  else response.writeHead(418).end(`nobody scripted ${asked.method} ${asked.path}`);
}

export function json(body: unknown, status = 200): Handler {
  return (_asked, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}

export function failure(code: number, message: string): Handler {
  return json({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message }, code);
}

/** A watch: sends these events, then ends the response properly, or stays open. */
export function watch(events: readonly unknown[], end: 'end' | 'stay' | 'cut' = 'end'): Handler {
  return (_asked, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const event of events) response.write(`${JSON.stringify(event)}\n`);
    if (end === 'end') response.end();
    if (end === 'cut') setImmediate(() => response.socket?.destroy());
  };
}

/** Machines by name; `undefined`: nothing listens there. A stream that is no net.Socket, as an SSH channel is none. */
export function openFor(servers: Readonly<Record<string, FakeServer | undefined>>, clock: Clock): OpenKube {
  const access = () => Promise.resolve({ ca: clusterCa.ca, ...admin });
  return openKube({
    tunnel: (machine, host) => tunnelTo(servers[machine], machine, host),
    apiMachines: () => Object.keys(servers),
    access,
    etcdAccess: access,
    clock,
  });
}

export function tunnelTo(server: FakeServer | undefined, machine: string, host: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    if (!server) return reject(sshErrors.tunnel_refused({ address: machine, target: `${host}:6443` }));
    const socket = connect(server.port, '127.0.0.1', () => {
      const [near, far] = duplexPair();
      pipeline(far, socket, far, () => near.destroy());
      resolve(near);
    });
    socket.once('error', reject);
  });
}
