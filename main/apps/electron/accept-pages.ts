import type { MessagePortLike } from '#shared/contract/message-port.ts';
import type { Emits } from './emits.ts';
import { isStartPage } from './own-pages.ts';

/** Of Electron's MessagePortMain. */
export interface PagePort {
  postMessage(message: unknown): void;
  readonly on: Emits<'message', [{ readonly data: unknown }]> & Emits<'close', []>;
  start(): void;
  close(): void;
}

export interface ConnectEvent {
  readonly sender: { readonly id: number };
  /** `null` when the frame has gone meanwhile. */
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
  readonly ports: readonly PagePort[];
}

export interface PageDoor {
  /** Whether the application has made that window itself, by the id of its contents. */
  isOwnWindow(id: number): boolean;
  serve(port: MessagePortLike): void;
  refused(why: string): void;
}

/**
 * Answers what to do with a page that offers one end of a channel: serve it, if it is the top frame of a window of ours
 * and shows our pages. A channel belongs to one document and ends with it, so what holds now holds for every call over
 * it. The channel that the window's last document had is closed.
 */
export function acceptPages({ isOwnWindow, serve, refused }: PageDoor): (event: ConnectEvent) => void {
  /** How to end what a window's document has. */
  const current = new Map<number, () => void>();
  return (event) => {
    const { sender, ports } = event;
    const [port, ...more] = ports;
    const why = port === undefined || more.length > 0 ? 'it has not exactly one port' : problemOf(event, isOwnWindow);
    if (port === undefined || why !== undefined) {
      for (const one of ports) one.close();
      refused(`A page was refused: ${why ?? 'it has no port'}.`);
      return;
    }
    current.get(sender.id)?.();
    const gone: (() => void)[] = [];
    const end = (): void => {
      port.close();
      for (const tell of gone) tell();
    };
    current.set(sender.id, end);
    port.on('close', () => {
      if (current.get(sender.id) === end) current.delete(sender.id);
      for (const tell of gone) tell();
    });
    serve({
      postMessage: (message) => port.postMessage(message),
      onMessage: (listener) => void port.on('message', ({ data }) => listener(data)),
      onClose: (listener) => void gone.push(listener),
      close: end,
    });
    port.start();
  };
}

function problemOf({ sender, senderFrame }: ConnectEvent, isOwnWindow: PageDoor['isOwnWindow']): string | undefined {
  if (!isOwnWindow(sender.id)) return 'its window is none of ours';
  if (senderFrame === null) return 'its frame has gone';
  if (senderFrame.parent !== null) return 'it is a frame in a page';
  if (!isStartPage(senderFrame.url)) return 'it is none of our pages';
  return undefined;
}
