import { readFile } from 'node:fs/promises';
import { createContext, runInContext } from 'node:vm';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { createDispatcher } from '#main/rpc/dispatcher.ts';
import { serveMessagePort } from '#main/rpc/message-port.ts';
import type { Bridge } from '#shared/contract/bridge.ts';
import { recordingService } from '#test/contract/recording-service.ts';

interface Sent {
  readonly channel: string;
  readonly message: unknown;
  readonly ports: readonly MessagePort[];
}

export interface LoadedPreload {
  /** What a page would find in its window. */
  readonly exposed: Readonly<Record<string, object>>;
  readonly sent: readonly Sent[];
  readonly bridge: Bridge;
  /** Of each operation that was reached. */
  readonly signals: readonly AbortSignal[];
  /** The application goes. */
  readonly drop: () => void;
}

/** Runs a built preload as Electron's sandbox does: a script that can require `electron`, and no other part of Node. */
export async function loadPreload(file: string): Promise<LoadedPreload> {
  const exposed: Record<string, object> = {};
  const sent: Sent[] = [];
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: object) => void (exposed[name] = api) },
    ipcRenderer: {
      postMessage: (channel: string, message: unknown, ports: readonly MessagePort[]) =>
        void sent.push({ channel, message, ports }),
    },
  };
  const required = (name: string): unknown => {
    if (name !== 'electron') throw new Error(`A sandboxed preload cannot require ${name}.`);
    return electron;
  };
  const globals = { MessageChannel, require: required, module: { exports: {} }, exports: {} };
  runInContext(await readFile(file, 'utf8'), createContext(globals), { filename: file });

  const [port] = sent.flatMap(({ ports }) => ports);
  if (!port) throw new Error('The preload has sent no port.');
  onTestFinished(() => port.close());
  const signals: AbortSignal[] = [];
  const { service } = recordingService({
    'clusters.spec': async (_input, signal) => {
      signals.push(signal);
      return { text: 'kind: Cluster' };
    },
    'runs.list': (_input, signal) => {
      signals.push(signal);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
    'runs.log': async function* (_params, signal) {
      signals.push(signal);
      for (let next = 1; !signal.aborted; next += 1) {
        await Promise.resolve();
        yield { lines: [], next };
      }
    },
  });
  const likeElectron = {
    postMessage: (message: unknown) => port.postMessage(message),
    onMessage: (listener: (message: unknown) => void) => port.on('message', listener),
    onClose: (listener: () => void) => port.on('close', listener),
    close: () => port.close(),
  };
  serveMessagePort(createDispatcher({ service, allows: () => true }), likeElectron, () => undefined);
  return { exposed, sent, bridge: exposed['slipway'] as Bridge, signals, drop: () => port.close() };
}
