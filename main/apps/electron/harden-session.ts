import type { Emits, Preventable } from './emits.ts';
import { isOwnPage } from './own-pages.ts';

/** Of Electron's Session what gives a page something of the computer, or a way out. */
export interface PageSession {
  setPermissionRequestHandler(
    handler: (
      contents: unknown,
      permission: string,
      callback: (granted: boolean) => void,
      details: { readonly requestingUrl: string; readonly isMainFrame: boolean },
    ) => void,
  ): void;
  setPermissionCheckHandler(
    handler: (
      contents: unknown,
      permission: string,
      origin: string,
      details: { readonly isMainFrame: boolean },
    ) => boolean,
  ): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  setDisplayMediaRequestHandler(handler: (request: unknown, callback: (streams: null) => void) => void): void;
  setSpellCheckerEnabled(enabled: boolean): void;
  readonly on: Emits<'select-hid-device', [Preventable]> &
    Emits<'select-serial-port', [Preventable]> &
    Emits<'select-usb-device', [Preventable]> &
    Emits<'will-download', [Preventable, { getURL(): string }]>;
  readonly webRequest: {
    onBeforeRequest(
      listener: (details: { readonly url: string }, callback: (answer: { readonly cancel: boolean }) => void) => void,
    ): void;
  };
}

/** All that our pages ever ask for: the copy buttons. */
const allowed: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/** @param developing lets Chromium's own developer tools load themselves. */
export function hardenSession(session: PageSession, { developing }: { readonly developing: boolean }): void {
  const allows = (permission: string, page: string, isMainFrame: boolean): boolean =>
    isMainFrame && allowed.has(permission) && isOwnPage(page);
  session.setPermissionRequestHandler((_contents, permission, callback, { requestingUrl, isMainFrame }) =>
    callback(allows(permission, requestingUrl, isMainFrame)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin, { isMainFrame }) =>
    allows(permission, origin, isMainFrame),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null));
  session.on('select-hid-device', (event) => event.preventDefault());
  session.on('select-serial-port', (event) => event.preventDefault());
  session.on('select-usb-device', (event) => event.preventDefault());
  session.setSpellCheckerEnabled(false); // Chromium would fetch dictionaries from Google

  // A page may hand the person what it has made itself.
  session.on('will-download', (event, download) => {
    if (!isOwnBlob(download.getURL())) event.preventDefault();
  });
  // Behind the content security policy, for what no policy covers: nothing is fetched from anywhere.
  session.webRequest.onBeforeRequest(({ url }, callback) => {
    const own = isOwnPage(url) || isOwnBlob(url) || (developing && url.startsWith('devtools://'));
    callback({ cancel: !own });
  });
}

function isOwnBlob(address: string): boolean {
  return address.startsWith('blob:') && isOwnPage(address.slice('blob:'.length));
}
