import type { Emits, Preventable } from './emits.ts';
import { isStartPage } from './own-pages.ts';

interface Navigation extends Preventable {
  readonly url: string;
  readonly isMainFrame: boolean;
}

/** Of Electron's WebContents what leads elsewhere. */
export interface Contents {
  readonly on: Emits<'will-navigate', [Navigation]> &
    Emits<'will-frame-navigate', [Navigation]> &
    Emits<'will-redirect', [Preventable]> &
    Emits<'will-attach-webview', [Preventable]>;
  setWindowOpenHandler(handler: (details: { readonly url: string }) => { readonly action: 'deny' }): void;
}

/**
 * Whatever a page tries, its window shows our pages and nothing else: no other address, no frame, no second window, no
 * web view. A link that wants a window of its own goes to the person's browser.
 */
export function hardenContents(contents: Contents, openExternal: (address: string) => void): void {
  const stay = (event: Navigation): void => {
    if (!event.isMainFrame || !isStartPage(event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', (event) => event.preventDefault()); // our own pages never answer with one
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openExternal(url);
    return { action: 'deny' };
  });
}
