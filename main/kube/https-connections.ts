import { Pool } from 'undici';
import { aborting } from './aborting.ts';
import { connectTls, type Endpoint, type Identity } from './connect.ts';
import type { Tunnel } from './tunnel.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface HttpStream {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array> & { text(): Promise<string> };
}

interface MachinePools {
  readonly identity: Identity;
  /** Bounded: hundreds of looks at once share a few SSH channels. */
  readonly requests: Pool;
  /** A watch holds its connection for minutes, so it never takes one of the others'. */
  readonly streams: Pool;
}

const requestConnections = 6;
const headersTimeoutMs = 30_000;
/** The API sends a bookmark about once a minute: three silent minutes mean a dead connection. */
const silentStreamMs = 180_000;

/** Kept-alive HTTPS connections to one service (kube-apiserver, etcd) on each machine, through its tunnel. */
export class HttpsConnections implements AsyncDisposable {
  readonly #tunnel: Tunnel;
  readonly #service: { readonly port: number; readonly serverName: string };
  readonly #identity: () => Promise<Identity>;
  readonly #pools = new Map<string, MachinePools>();
  readonly #closed = new AbortController();

  constructor(
    tunnel: Tunnel,
    service: { readonly port: number; readonly serverName: string },
    identity: () => Promise<Identity>,
  ) {
    this.#tunnel = tunnel;
    this.#service = service;
    this.#identity = identity;
  }

  /** @throws the signal's reason, `kube.tls`, what the tunnel throws, or a network error of undici as it is. */
  async send(machine: string, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { requests } = await this.#poolsOf(machine);
    try {
      const { statusCode, body } = await aborting(requests.request(undiciOptions(request, signal)), signal);
      return { status: statusCode, body: await body.text() };
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  /** As send, but the body comes as it arrives. The caller reads it to its end or leaves its loop. */
  async open(machine: string, path: string, signal: AbortSignal): Promise<HttpStream> {
    const { streams } = await this.#poolsOf(machine);
    try {
      const options = { ...undiciOptions({ method: 'GET', path }, signal), bodyTimeout: silentStreamMs };
      const { statusCode, body } = await aborting(streams.request(options), signal);
      return { status: statusCode, body };
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new Error('The API connections were closed: the run is ending.'));
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(destroy));
  }

  /** A rotated certificate means new connections: the kept ones still carry the old identity. */
  async #poolsOf(machine: string): Promise<MachinePools> {
    const identity = await this.#identity();
    this.#closed.signal.throwIfAborted();
    const found = this.#pools.get(machine);
    if (found && sameIdentity(found.identity, identity)) return found;
    const made: MachinePools = {
      identity,
      requests: this.#pool(machine, identity, requestConnections),
      streams: this.#pool(machine, identity, null),
    };
    this.#pools.set(machine, made);
    if (found) await destroy(found);
    return made;
  }

  #pool(machine: string, identity: Identity, connections: number | null): Pool {
    const endpoint: Endpoint = { ...this.#service, machine, host: '127.0.0.1' };
    return new Pool(`https://127.0.0.1:${String(endpoint.port)}`, {
      connections,
      pipelining: 1,
      allowH2: false,
      headersTimeout: headersTimeoutMs,
      keepAliveTimeout: 60_000,
      connect: (_options, callback) => {
        connectTls(this.#tunnel, endpoint, identity, this.#closed.signal).then(
          (socket) => callback(null, socket),
          (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
        );
      },
    });
  }
}

function undiciOptions({ method, path, contentType, body }: HttpRequest, signal: AbortSignal) {
  return {
    method,
    path,
    signal,
    headers: { accept: 'application/json', ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    ...(body === undefined ? {} : { body }),
  } as const;
}

function sameIdentity(a: Identity, b: Identity): boolean {
  return a.ca === b.ca && a.client?.certificate === b.client?.certificate && a.client?.key === b.client?.key;
}

async function destroy({ requests, streams }: MachinePools): Promise<void> {
  await Promise.all([requests.destroy(), streams.destroy()]);
}
