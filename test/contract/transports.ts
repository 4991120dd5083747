import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { createWebHost } from '#main/apps/web/host.ts';
import { openSessions } from '#main/apps/web/sessions.ts';
import { createDispatcher, type DispatcherOptions } from '#main/rpc/dispatcher.ts';
import type { Fault } from '#main/rpc/failures.ts';
import { memoryPort } from '#main/rpc/memory.ts';
import { serveMessagePort } from '#main/rpc/message-port.ts';
import { bridgePort } from '#renderer/lib/client/electron-client.ts';
import type { Bridge } from '#shared/contract/bridge.ts';
import { type ClientPort, sessionHeader } from '#shared/contract/envelope.ts';
import { httpPort } from '#shared/contract/http-port.ts';
import { messagePort, type MessagePortLike } from '#shared/contract/message-port.ts';
import { createBridge } from '../../preload/bridge.ts';

export interface Opened {
  readonly port: ClientPort;
  /** What the host would log. */
  readonly faults: Fault[];
  /** The client goes away without a word. */
  readonly drop: () => void;
}

export interface Transport {
  readonly name: 'memory' | 'message port' | 'preload' | 'HTTP';
  open(options: DispatcherOptions): Promise<Opened>;
}

export const transports: readonly Transport[] = [
  {
    name: 'memory',
    async open(options) {
      const faults: Fault[] = [];
      const port = memoryPort(createDispatcher(options), (fault) => faults.push(fault));
      return { port, faults, drop: () => port[Symbol.dispose]() };
    },
  },
  {
    name: 'message port',
    async open(options) {
      const faults: Fault[] = [];
      const { port1, port2 } = new MessageChannel();
      serveMessagePort(createDispatcher(options), likeBrowser(port1), (fault) => faults.push(fault));
      onTestFinished(() => port2.close());
      return { port: messagePort(likeBrowser(port2)), faults, drop: () => port2.close() };
    },
  },
  {
    // As the desktop application: page → four functions → channel → host. What crosses to the page is copied.
    name: 'preload',
    async open(options) {
      const faults: Fault[] = [];
      const { port1, port2 } = new MessageChannel();
      serveMessagePort(createDispatcher(options), likeBrowser(port1), (fault) => faults.push(fault));
      onTestFinished(() => port2.close());
      const { call, cancel, open, close } = createBridge(likeBrowser(port2));
      const copying: Bridge = {
        call: async (frame) => structuredClone(await call(structuredClone(frame))),
        cancel,
        open: async (frame, onFrame) =>
          structuredClone(await open(structuredClone(frame), (made) => onFrame(structuredClone(made)))),
        close,
      };
      return { port: bridgePort(copying), faults, drop: () => port2.close() };
    },
  },
  {
    name: 'HTTP',
    async open(options) {
      const faults: Fault[] = [];
      const sessions = openSessions(() => undefined);
      const host = createWebHost({
        dispatcher: createDispatcher(options),
        sessions,
        files: new Map(),
        onFault: (fault) => faults.push(fault),
      });
      host.server.listen({ host: '127.0.0.1', port: 0 });
      await once(host.server, 'listening');
      onTestFinished(() => host.close());
      const session = sessions.swap(sessions.token()) ?? '';
      const origin = `http://127.0.0.1:${(host.server.address() as AddressInfo).port}`;
      const port = httpPort({ fetch, origin, headers: () => ({ [sessionHeader]: session }) });
      return { port, faults, drop: () => port[Symbol.dispose]() };
    },
  },
];

function likeBrowser(port: MessagePort): MessagePortLike {
  return {
    postMessage: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', listener),
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  };
}
