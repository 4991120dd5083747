import * as v from 'valibot';
import { type ClientFrame, type ClientPort, connectionHeader, ServerFrame } from './envelope.ts';

/** As much of `fetch` as is needed: the browser's and Node's both are one. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

interface FetchInit {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
}

interface FetchResponse {
  readonly status: number;
  readonly body: {
    getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }> };
  } | null;
}

export interface HttpPortOptions {
  readonly fetch: Fetch;
  /** Of the host, without a slash at its end; '' for the page's own. */
  readonly origin: string;
  /** Asked for each request: the session header. */
  readonly headers: () => Readonly<Record<string, string>>;
}

/**
 * The client's end of the web host: one long response for all that comes, short requests for all that goes. Connects
 * with the first frame sent, and again with the first one after a loss.
 */
export function httpPort(options: HttpPortOptions): ClientPort & Disposable {
  let listener: Parameters<ClientPort['listen']>[0] = { frame: () => undefined, closed: () => undefined };
  let current: Connection | undefined;
  return {
    send(frame) {
      current ??= connect(options, {
        frame: (received) => listener.frame(received),
        closed: (gone, reason) => {
          if (current !== gone) return;
          current = undefined;
          listener.closed(reason);
        },
      });
      current.send(frame);
    },
    listen: (on) => (listener = on),
    [Symbol.dispose]: () => current?.close('it was closed here'),
  };
}

interface Connection {
  send(frame: ClientFrame): void;
  close(reason: string): void;
}

interface ConnectionListener {
  frame(frame: ServerFrame): void;
  /** Once. */
  closed(connection: Connection, reason: string): void;
}

function connect({ fetch, origin, headers }: HttpPortOptions, listener: ConnectionListener): Connection {
  const over = new AbortController();
  const connected = Promise.withResolvers<string>();
  connected.promise.catch(() => undefined); // told by `closed`
  let waiting: ClientFrame[] = [];
  let sending = false;

  const post = (path: string, more: Record<string, string>, body: unknown): Promise<FetchResponse> =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers(), ...more },
      body: JSON.stringify(body),
      signal: over.signal,
    });

  const close = (reason: string): void => {
    if (over.signal.aborted) return;
    over.abort();
    connected.reject(new Error(reason));
    listener.closed(connection, reason);
  };

  /** One request at a time, so that frames arrive in order; what comes up meanwhile goes together in the next. */
  const sendWaiting = async (): Promise<void> => {
    const id = await connected.promise;
    while (waiting.length > 0) {
      const frames = waiting;
      waiting = [];
      const { status } = await post('/api/send', { [connectionHeader]: id }, frames);
      if (status !== 204) throw new Error(`the host answered ${status}`);
    }
  };

  const receive = async (): Promise<void> => {
    const response = await post('/api/connect', {}, {});
    if (response.status !== 200 || !response.body) throw new Error(`the host answered ${response.status}`);
    for await (const line of lines(response.body)) {
      const frame = v.parse(ServerFrame, JSON.parse(line));
      if (frame.type === 'hello') connected.resolve(frame.connection);
      else listener.frame(frame);
    }
    throw new Error('the host has ended it');
  };

  const connection: Connection = {
    send(frame) {
      waiting.push(frame);
      if (sending) return;
      sending = true;
      sendWaiting().then(
        () => (sending = false),
        (thrown: unknown) => close(reasonOf(thrown)),
      );
    },
    close,
  };
  receive().catch((thrown: unknown) => close(reasonOf(thrown)));
  return connection;
}

async function* lines(body: NonNullable<FetchResponse['body']>): AsyncGenerator<string, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let parts: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const pieces = decoder.decode(value, { stream: true }).split('\n');
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      yield [...parts, piece].join('');
      parts = [];
    }
    parts.push(rest); // joined once, at the line's end: a snapshot comes in hundreds of pieces
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
