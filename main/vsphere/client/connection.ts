import { Pool } from 'undici';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { addressText } from './address.ts';
import { orAborted } from './or-aborted.ts';
import { openVerified, reasonOf, type Dial } from './verified-socket.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** `Set-Cookie` lines as they came. */
  readonly cookies: readonly string[];
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With the query, escaped. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** A call that waits for something to happen, for so long at most. It gets a connection of its own. */
  readonly waitsMs?: number;
}

const connections = 8;
const answerMs = 120_000;

/** Kept-alive HTTPS connections to one vCenter. Every one is verified before anything is sent on it. */
export class VcenterConnection implements AsyncDisposable {
  readonly #dial: Dial;
  readonly #closed = new AbortController();
  readonly #calls: Pool;
  readonly #waits: Pool;

  constructor(dial: Dial) {
    this.#dial = dial;
    this.#calls = this.#pool(connections);
    this.#waits = this.#pool(null);
  }

  /** @throws `vsphere.unreachable`, `.certificate_…`, `.proxy_…`; the signal's reason. */
  async request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { method, path, headers = {}, body = null, waitsMs } = request;
    const pool = waitsMs === undefined ? this.#calls : this.#waits;
    const patience = (waitsMs ?? 0) + answerMs;
    try {
      const options = { method, path, headers, body, signal };
      const timeouts = { headersTimeout: patience, bodyTimeout: patience };
      // undici hears of an abort only when it is connected, and then sends nothing.
      const answered = await orAborted(pool.request({ ...options, ...timeouts }), signal);
      const { statusCode, headers: got, body: answer } = answered;
      return { status: statusCode, body: await answer.text(), cookies: [got['set-cookie'] ?? []].flat() };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Error && error.name === 'SlipwayError') throw error;
      const address = addressText(this.#dial.address);
      throw vsphereErrors.unreachable({ address, reason: reasonOf(error) }, { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(vsphereErrors.closed({ address: addressText(this.#dial.address) }));
    await Promise.all([this.#calls.destroy(), this.#waits.destroy()]);
  }

  #pool(size: number | null): Pool {
    return new Pool(`https://${addressText(this.#dial.address)}`, {
      connections: size,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: 60_000,
      connect: (_options, callback) => {
        openVerified(this.#dial, this.#closed.signal).then(
          (socket) => callback(null, socket),
          (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
        );
      },
    });
  }
}
