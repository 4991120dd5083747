import type { MessagePortLike } from '#shared/contract/message-port.ts';
import { openConnection } from './connection.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Fault } from './failures.ts';

/** Serves whoever has the other end of the channel, until it closes. */
export function serveMessagePort(dispatcher: Dispatcher, port: MessagePortLike, onFault: (fault: Fault) => void): void {
  const connection = openConnection(
    dispatcher,
    {
      send: (frame) => port.postMessage(frame),
      ready: () => Promise.resolve(), // a channel has no end that fills up: the window is what bounds it
    },
    onFault,
  );
  port.onMessage((message) => connection.receive(message));
  port.onClose(() => connection.close());
}
