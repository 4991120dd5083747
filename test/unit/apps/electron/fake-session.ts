import type { PageSession } from '#main/apps/electron/harden-session.ts';
import { FakeEmitter } from './fake-emitter.ts';

type Handler<K extends keyof PageSession> = PageSession[K] extends (handler: infer H) => void ? H : never;

/** A session that keeps what was set, so that a test asks as Chromium would. */
export class FakeSession extends FakeEmitter {
  request: Handler<'setPermissionRequestHandler'> | undefined;
  check: Handler<'setPermissionCheckHandler'> | undefined;
  device: Handler<'setDevicePermissionHandler'> | undefined;
  display: Handler<'setDisplayMediaRequestHandler'> | undefined;
  spellChecker: boolean | undefined;
  beforeRequest: Parameters<PageSession['webRequest']['onBeforeRequest']>[0] | undefined;
  readonly served = new Map<string, (request: Request) => Response>();

  setPermissionRequestHandler = (handler: Handler<'setPermissionRequestHandler'>): void =>
    void (this.request = handler);
  setPermissionCheckHandler = (handler: Handler<'setPermissionCheckHandler'>): void => void (this.check = handler);
  setDevicePermissionHandler = (handler: Handler<'setDevicePermissionHandler'>): void => void (this.device = handler);
  setDisplayMediaRequestHandler = (handler: Handler<'setDisplayMediaRequestHandler'>): void =>
    void (this.display = handler);
  setSpellCheckerEnabled = (enabled: boolean): void => void (this.spellChecker = enabled);
  readonly webRequest = {
    onBeforeRequest: (listener: Parameters<PageSession['webRequest']['onBeforeRequest']>[0]): void =>
      void (this.beforeRequest = listener),
  };
  readonly protocol = {
    handle: (scheme: string, handler: (request: Request) => Response): void => void this.served.set(scheme, handler),
  };

  /** What a page that asks for it gets, by request and by check. */
  permission(permission: string, page: string, isMainFrame = true): readonly [boolean, boolean] {
    let granted: boolean | undefined;
    this.request?.({}, permission, (answer) => (granted = answer), { requestingUrl: page, isMainFrame });
    if (granted === undefined || !this.check) throw new Error('Nobody decides about permissions.');
    return [granted, this.check({}, permission, page, { isMainFrame })];
  }

  /** Whether a request to that address is let out. */
  lets(url: string): boolean {
    let cancelled: boolean | undefined;
    this.beforeRequest?.({ url }, ({ cancel }) => (cancelled = cancel));
    if (cancelled === undefined) throw new Error('Nobody looks at requests.');
    return !cancelled;
  }
}
