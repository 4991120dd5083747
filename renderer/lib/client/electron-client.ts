import { type Bridge, bridgeName, type StreamFrame } from '#shared/contract/bridge.ts';
import { createClient } from '#shared/contract/client.ts';
import { type ClientPort, ServerFrame, type ServerFrame as Frame } from '#shared/contract/envelope.ts';
import type { Client } from '#shared/contract/index.ts';
import * as v from 'valibot';

/** What the desktop application's preload gave this page; `undefined` in a browser. */
export function electronBridge(page: object): Bridge | undefined {
  if (!(bridgeName in page)) return undefined;
  const bridge: unknown = page[bridgeName];
  return isBridge(bridge) ? bridge : undefined;
}

/** The contract over the desktop application that shows this page. */
export function electronClient(bridge: Bridge): Client {
  return createClient(bridgePort(bridge));
}

interface Taken {
  readonly n: number;
  readonly taken: () => void;
}

/** The four functions as a port. */
export function bridgePort(bridge: Bridge): ClientPort {
  /** Of each stream the frames that its reader has not taken yet. */
  const streams = new Map<string, Taken[]>();
  let listener: Parameters<ClientPort['listen']>[0] | undefined;

  const received = (frame: Frame): void => listener?.frame(v.parse(ServerFrame, frame));
  const lost = (thrown: unknown): void => {
    streams.clear();
    listener?.closed(thrown instanceof Error ? thrown.message : String(thrown));
  };
  const onFrame = (id: string, frame: StreamFrame): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    streams.get(id)?.push({ n: frame.n, taken: resolve });
    received(frame);
    return promise;
  };
  const ack = (id: string, n: number): void => {
    const waiting = streams.get(id) ?? [];
    while (waiting[0] && waiting[0].n <= n) waiting.shift()?.taken();
  };
  const end = (id: string): void => {
    if (streams.delete(id)) bridge.close(id);
    else bridge.cancel(id);
  };

  return {
    listen: (on) => (listener = on),
    send(frame) {
      switch (frame.type) {
        case 'call':
          bridge.call({ id: frame.id, operation: frame.operation, input: frame.input }).then(received, lost);
          return;
        case 'open': {
          const { id, operation, input } = frame;
          if (!streams.has(id)) streams.set(id, []);
          bridge
            .open({ id, operation, input }, (made) => onFrame(id, made))
            .then((last) => {
              streams.delete(last.id);
              received(last);
            }, lost);
          return;
        }
        case 'ack':
          ack(frame.id, frame.n);
          return;
        case 'cancel':
          end(frame.id);
      }
    },
  };
}

function isBridge(value: unknown): value is Bridge {
  if (typeof value !== 'object' || value === null) return false;
  return ['call', 'cancel', 'open', 'close'].every((name) => name in value);
}
