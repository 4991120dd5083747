import { SlipwayError } from '../errors/define.ts';
import { rpcErrors } from '../errors/rpc.ts';
import { type ClientPort, type ServerFrame, streamWindow } from './envelope.ts';
import type { CallOptions, Client, OperationName } from './index.ts';

interface OpenCall {
  frame(frame: Exclude<ServerFrame, { readonly type: 'hello' | 'beat' }>): void;
  failed(error: SlipwayError): void;
}

/** The client over one port. It may be made before the port is connected, and outlives a lost connection. */
export function createClient(port: ClientPort): Client {
  const calls = new Map<string, OpenCall>();
  let last = 0;
  port.listen({
    frame(frame) {
      if (frame.type === 'hello' || frame.type === 'beat') return;
      const call = calls.get(frame.id);
      if (frame.type !== 'frame') calls.delete(frame.id);
      call?.frame(frame); // none: it was cancelled here while the frame was on its way
    },
    closed(reason) {
      const lost = [...calls.values()];
      calls.clear();
      for (const call of lost) call.failed(rpcErrors.disconnected({ reason }));
    },
  });

  const begin = (type: 'call' | 'open', operation: OperationName, input: unknown, call: OpenCall): string => {
    const id = String(++last);
    calls.set(id, call);
    port.send({ type, id, operation, input });
    return id;
  };
  /** Answers whether it was still open. */
  const cancel = (id: string): boolean => {
    if (!calls.delete(id)) return false;
    port.send({ type: 'cancel', id });
    return true;
  };

  function call(operation: OperationName, input: unknown, { signal }: CallOptions): Promise<unknown> {
    if (signal?.aborted) return Promise.reject(rpcErrors.cancelled({ operation }));
    const answer = Promise.withResolvers<unknown>();
    const id = begin('call', operation, input, {
      frame: (frame) => {
        if (frame.type === 'result') answer.resolve(frame.output);
        else answer.reject(frame.type === 'error' ? new SlipwayError(frame.error) : unexpected(frame.type));
      },
      failed: answer.reject,
    });
    const abort = (): void => {
      if (cancel(id)) answer.reject(rpcErrors.cancelled({ operation }));
    };
    signal?.addEventListener('abort', abort, { once: true });
    return answer.promise.finally(() => signal?.removeEventListener('abort', abort));
  }

  async function* open(
    operation: OperationName,
    input: unknown,
    { signal }: CallOptions,
  ): AsyncGenerator<unknown, void> {
    if (signal?.aborted) throw rpcErrors.cancelled({ operation });
    const queue: { readonly n: number; readonly frame: unknown }[] = []; // the window bounds it
    let end: { readonly error?: SlipwayError } | undefined;
    let wake = (): void => undefined;
    const finish = (error?: SlipwayError): void => {
      end ??= error === undefined ? {} : { error };
      wake();
    };
    const id = begin('open', operation, input, {
      frame: (frame) => {
        if (frame.type === 'frame') queue.push({ n: frame.n, frame: frame.frame });
        else if (frame.type === 'end') finish();
        else finish(frame.type === 'error' ? new SlipwayError(frame.error) : unexpected(frame.type));
        wake();
      },
      failed: finish,
    });
    const abort = (): void => {
      cancel(id);
      queue.length = 0;
      finish(rpcErrors.cancelled({ operation }));
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      for (;;) {
        const next = queue.shift();
        if (next) {
          yield next.frame;
          // Half a window at a time: an ack for each would be as much traffic again.
          if (next.n % (streamWindow / 2) === 0 && !end) port.send({ type: 'ack', id, n: next.n });
          continue;
        }
        if (end?.error) throw end.error;
        if (end) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      cancel(id);
    }
  }

  return {
    // The host has validated against the same contract; this is where the wire's `unknown` gets its type.
    call: (operation, input, options = {}) => call(operation, input, options) as Promise<never>,
    open: (operation, params, options = {}) => open(operation, params, options) as AsyncIterable<never>,
  };
}

function unexpected(type: string): SlipwayError {
  return rpcErrors.bad_frame({ reason: `"${type}" does not answer this` });
}
