import type { Bridge, BridgeCall, LastFrame, StreamFrame } from '#shared/contract/bridge.ts';
import type { ServerFrame } from '#shared/contract/envelope.ts';
import type { MessagePortLike } from '#shared/contract/message-port.ts';

interface Open {
  readonly kind: 'call' | 'open';
  readonly last: PromiseWithResolvers<LastFrame>;
  readonly onFrame: (frame: StreamFrame) => Promise<void>;
}

/**
 * The four functions over this page's own channel. It makes every frame itself, from texts and an input that it does not
 * look into: what a page asks for is checked where it is done. No schemas here: this file is loaded before every page.
 */
export function createBridge(port: MessagePortLike): Bridge {
  const open = new Map<string, Open>();
  let gone = false;

  port.onMessage((message) => {
    // From our own process over a channel that nobody else has.
    const frame = message as ServerFrame;
    if (frame.type === 'hello' || frame.type === 'beat') return;
    const found = open.get(frame.id);
    if (frame.type === 'frame') {
      const { id, n } = frame;
      // A reader that fails has not taken it: its stream gets no more, and no other suffers.
      found?.onFrame(frame).then(
        () => port.postMessage({ type: 'ack', id, n }),
        () => end('open', id),
      );
      return;
    }
    open.delete(frame.id);
    found?.last.resolve(frame);
  });
  port.onClose(() => {
    gone = true;
    for (const { last } of open.values()) last.reject(new Error('the application has ended'));
    open.clear();
  });

  function begin(kind: Open['kind'], call: BridgeCall, onFrame: Open['onFrame']): Promise<LastFrame> {
    const { id, operation, input } = call;
    if (!isText(id) || !isText(operation)) throw new TypeError('A call has an id and an operation.');
    if (!isReader(onFrame)) throw new TypeError('A stream has a reader.');
    if (gone) return Promise.reject(new Error('the application has ended'));
    const last = Promise.withResolvers<LastFrame>();
    // A second call with an id that is open is refused over there, without an id: the first one goes on.
    open.set(open.has(id) ? '' : id, { kind, last, onFrame });
    port.postMessage({ type: kind, id, operation, input });
    return last.promise;
  }

  function end(kind: Open['kind'], id: string): void {
    if (open.get(id)?.kind === kind) port.postMessage({ type: 'cancel', id });
  }

  return {
    call: (call) => begin('call', call, () => Promise.resolve()),
    cancel: (id) => end('call', id),
    open: (call, onFrame) => begin('open', call, onFrame),
    close: (id) => end('open', id),
  };
}

/** A page is not bound to our types. */
const isText = (value: unknown): boolean => typeof value === 'string';
const isReader = (value: unknown): boolean => typeof value === 'function';
