import * as v from 'valibot';
import { ClientFrame, type ServerFrame, streamWindow } from '#shared/contract/envelope.ts';
import { rpcErrors } from '#shared/errors/rpc.ts';
import type { Dispatcher } from './dispatcher.ts';
import { type Fault, failureOf } from './failures.ts';
import { plainInputProblem } from './plain-input.ts';

/** A page has a handful. More is a fault, or somebody who wants the host to be busy. */
const mostOpen = 64;

/** The host's end of a transport. */
export interface ServerPort {
  /** In order. Nothing happens when the other end has gone. */
  send(frame: ServerFrame): void;
  /** When the transport wants more of what can wait. */
  ready(): Promise<void>;
}

export interface Connection {
  /** One message as it came, whatever it is. */
  receive(message: unknown): void;
  /** The other end has gone: cancels all that it had open. Runs go on. */
  close(): void;
}

interface Open {
  readonly abort: AbortController;
  /** Of streams. */
  acked(n: number): void;
}

/** Serves one client. @param onFault see `failureOf`. */
export function openConnection(dispatcher: Dispatcher, port: ServerPort, onFault: (fault: Fault) => void): Connection {
  const open = new Map<string, Open>();
  let closed = false;
  const send = (frame: ServerFrame): void => {
    if (!closed) port.send(frame);
  };

  /** Ends with one last frame of that id, whatever happens. */
  async function serve(
    { id, operation }: { readonly id: string; readonly operation: string },
    entry: Open,
    act: (signal: AbortSignal) => Promise<ServerFrame>,
  ): Promise<void> {
    const { signal } = entry.abort;
    let last: ServerFrame;
    try {
      open.set(id, entry);
      last = await act(signal);
      signal.throwIfAborted();
    } catch (thrown) {
      last = { type: 'error', id, ...failureOf(thrown, { operation, signal }, onFault) };
    }
    open.delete(id);
    send(last);
  }

  function call(frame: Extract<ClientFrame, { readonly type: 'call' }>): void {
    const { id, operation, input } = frame;
    const entry = { abort: new AbortController(), acked: () => undefined };
    void serve(frame, entry, async (signal) => {
      return { type: 'result', id, output: await dispatcher.call(operation, input, signal) };
    });
  }

  function openStream(frame: Extract<ClientFrame, { readonly type: 'open' }>): void {
    const { id, operation, input } = frame;
    const abort = new AbortController();
    const window = openWindow(abort.signal);
    void serve(frame, { abort, acked: window.acked }, async (signal) => {
      for await (const made of dispatcher.open(operation, input, signal)) {
        if (signal.aborted) break;
        send({ type: 'frame', id, n: window.next(), frame: made });
        // Before the next one is made: a slow reader finds the newest state then, and no queue of old ones.
        await Promise.all([window.hasRoom(), port.ready()]);
      }
      return { type: 'end', id };
    });
  }

  return {
    receive(message) {
      if (closed) return;
      const problem = plainInputProblem(message);
      const parsed = problem === undefined ? v.safeParse(ClientFrame, message, { abortEarly: true }) : undefined;
      if (!parsed?.success) {
        const reason = problem === undefined ? 'its fields are not as they must be' : `it ${problem}`;
        send(refusal(idOf(message), rpcErrors.bad_frame({ reason })));
        return;
      }
      const frame = parsed.output;
      switch (frame.type) {
        case 'cancel':
          open.get(frame.id)?.abort.abort();
          return;
        case 'ack':
          open.get(frame.id)?.acked(frame.n);
          return;
        default:
      }
      if (open.has(frame.id)) send(refusal('', rpcErrors.id_in_use({ id: frame.id })));
      else if (open.size >= mostOpen) send(refusal(frame.id, rpcErrors.too_many_calls({ limit: mostOpen })));
      else if (frame.type === 'call') call(frame);
      else openStream(frame);
    },
    close() {
      closed = true;
      for (const { abort } of open.values()) abort.abort();
    },
  };
}

/** Counts what is on its way to the reader. */
function openWindow(signal: AbortSignal) {
  let sent = 0;
  let acked = 0;
  let wake = (): void => undefined;
  signal.addEventListener('abort', () => wake(), { once: true });
  return {
    next: () => ++sent,
    acked: (n: number): void => {
      if (n <= acked || n > sent) return; // late, or about something that was never sent
      acked = n;
      wake();
    },
    async hasRoom(): Promise<void> {
      while (sent - acked >= streamWindow && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

function refusal(id: string, { data: error }: { readonly data: ServerError }): ServerFrame {
  return { type: 'error', id, error, correlationId: '' };
}

type ServerError = Extract<ServerFrame, { readonly type: 'error' }>['error'];

/** So that the client knows which of its calls is meant; '' when the message does not even say that. */
function idOf(message: unknown): string {
  if (typeof message !== 'object' || message === null || !Object.hasOwn(message, 'id') || !('id' in message)) return '';
  return typeof message.id === 'string' ? message.id.slice(0, 64) : '';
}
