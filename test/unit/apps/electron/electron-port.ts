import type { MessagePort } from 'node:worker_threads';
import type { PagePort } from '#main/apps/electron/accept-pages.ts';

/** Node's message port as Electron's MessagePortMain: its events come wrapped, and it has to be started. */
export function electronPort(port: MessagePort): PagePort {
  return {
    postMessage: (message) => port.postMessage(message),
    on: (event: 'message' | 'close', listener: (event: { readonly data: unknown }) => void) =>
      event === 'message'
        ? port.on('message', (data: unknown) => listener({ data }))
        : port.on('close', () => listener({ data: undefined })),
    start: () => port.start(),
    close: () => port.close(),
  };
}
