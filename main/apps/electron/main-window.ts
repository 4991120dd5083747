import { writeFileSync } from 'node:fs';
import type { Emits, Preventable } from './emits.ts';
import { type Contents, hardenContents } from './harden-contents.ts';
import { addressOfPage } from './own-pages.ts';
import { type WindowParts, windowOptions } from './window-options.ts';
import { type Bounds, type KeptPlace, readPlace } from './window-place.ts';

/** Of Electron's BrowserWindow. */
export interface Window {
  readonly webContents: Contents & {
    readonly id: number;
    getURL(): string;
    reload(): void;
    readonly on: Emits<'render-process-gone', [unknown, { readonly reason: string }]>;
  };
  loadURL(address: string): Promise<void>;
  show(): void;
  hide(): void;
  focus(): void;
  restore(): void;
  maximize(): void;
  isMinimized(): boolean;
  isMaximized(): boolean;
  isVisible(): boolean;
  isFocused(): boolean;
  getNormalBounds(): Bounds;
  setProgressBar(share: number): void;
  readonly once: Emits<'ready-to-show', []>;
  readonly on: Emits<'close', [Preventable]> & Emits<'closed', []>;
}

export interface MainWindowParts extends Omit<WindowParts, 'place'> {
  create(options: ReturnType<typeof windowOptions>): Window;
  /** The work areas of all screens. */
  screens(): readonly Bounds[];
  /** Where it is remembered how the window was. */
  readonly placeFile: string;
  openExternal(address: string): void;
  /** The person closes it. */
  closing(event: Preventable): void;
  /** Its page has crashed. Answers whether to load it again. */
  pageGone(reason: string): Promise<boolean>;
  fault(what: string, thrown: unknown): void;
}

/** The application's one window. It may be closed and made again: what goes on does not belong to it. */
export interface MainWindow {
  /** Shows it in front of all others; at this route, or where it is. */
  show(page?: string): void;
  hide(): void;
  owns(contentsId: number): boolean;
  /** Somebody looks at it. */
  isWatched(): boolean;
  setProgress(share: number): void;
}

export function openMainWindow(parts: MainWindowParts): MainWindow {
  let current: Window | undefined;
  let progress = -1;

  function open(page: string): void {
    const place = readPlace(parts.placeFile, parts.screens());
    const window = parts.create(windowOptions({ ...parts, place }));
    current = window;
    hardenContents(window.webContents, parts.openExternal);
    window.once('ready-to-show', () => {
      if (place.maximized) window.maximize();
      window.show();
    });
    window.on('close', (event) => {
      remember(window);
      parts.closing(event);
    });
    window.on('closed', () => {
      if (current === window) current = undefined;
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit') void gone(window, reason);
    });
    window.setProgressBar(progress);
    load(window, page);
  }

  function load(window: Window, page: string): void {
    window.loadURL(addressOfPage(page)).catch((thrown: unknown) => parts.fault('load the window', thrown));
  }

  async function gone(window: Window, reason: string): Promise<void> {
    if ((await parts.pageGone(reason)) && current === window) window.webContents.reload();
  }

  function remember(window: Window): void {
    const { x, y, width, height } = window.getNormalBounds();
    const place: KeptPlace = { x, y, width, height, maximized: window.isMaximized() };
    try {
      writeFileSync(parts.placeFile, JSON.stringify(place), { mode: 0o600 });
    } catch (thrown) {
      parts.fault('remember the window', thrown);
    }
  }

  return {
    show(page) {
      if (!current) {
        open(page ?? '/clusters');
        return;
      }
      // The same address once more would load the page anew, and with it what somebody has typed.
      if (page !== undefined && current.webContents.getURL() !== addressOfPage(page)) load(current, page);
      if (current.isMinimized()) current.restore();
      current.show();
      current.focus();
    },
    hide: () => current?.hide(),
    owns: (contentsId) => current?.webContents.id === contentsId,
    isWatched: () => current !== undefined && current.isVisible() && current.isFocused(),
    setProgress(share) {
      progress = share;
      current?.setProgressBar(share);
    },
  };
}
