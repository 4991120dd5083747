import { type ClientFrame, type ClientPort, ServerFrame } from '#shared/contract/envelope.ts';
import * as v from 'valibot';
import { openConnection } from './connection.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Fault } from './failures.ts';

/** A client in the host's own process. Frames go through JSON, so that it behaves as every other client does. */
export function memoryPort(dispatcher: Dispatcher, onFault: (fault: Fault) => void): ClientPort & Disposable {
  let listener: Parameters<ClientPort['listen']>[0] | undefined;
  const overJson = (frame: unknown): unknown => JSON.parse(JSON.stringify(frame));
  const connection = openConnection(
    dispatcher,
    {
      send: (frame) => {
        const received = v.parse(ServerFrame, overJson(frame));
        queueMicrotask(() => listener?.frame(received));
      },
      ready: () => Promise.resolve(),
    },
    onFault,
  );
  return {
    send: (frame: ClientFrame) => {
      const received = overJson(frame);
      queueMicrotask(() => connection.receive(received));
    },
    listen: (on) => (listener = on),
    [Symbol.dispose]() {
      connection.close();
      listener?.closed('it was closed here');
    },
  };
}
