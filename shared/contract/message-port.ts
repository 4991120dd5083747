import * as v from 'valibot';
import { type ClientPort, ServerFrame } from './envelope.ts';

/** What Electron's, the browser's and Node's message ports have in common once their events are unpacked. */
export interface MessagePortLike {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** The client's end of a message channel. */
export function messagePort(port: MessagePortLike): ClientPort {
  let closed = false;
  return {
    send(frame) {
      if (!closed) port.postMessage(frame);
    },
    listen(listener) {
      port.onMessage((message) => {
        const parsed = v.safeParse(ServerFrame, message);
        if (parsed.success) listener.frame(parsed.output);
      });
      port.onClose(() => {
        closed = true;
        listener.closed('the other end of the channel has gone');
      });
    },
  };
}
