import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import type { ConnectEvent } from '#main/apps/electron/accept-pages.ts';
import { type DesktopParts, startDesktop } from '#main/apps/electron/desktop.ts';
import { openDesktopHost } from '#main/apps/electron/desktop-host.ts';
import type { Window } from '#main/apps/electron/main-window.ts';
import type { MenuItem } from '#main/apps/electron/menu.ts';
import type { windowOptions } from '#main/apps/electron/window-options.ts';
import { nodeHost } from '#main/apps/node-host.ts';
import { electronClient } from '#renderer/lib/client/electron-client.ts';
import { connectChannel } from '#shared/contract/bridge.ts';
import type { Client } from '#shared/contract/index.ts';
import { createBridge } from '../../../preload/bridge.ts';
import { electronPort } from '../../unit/apps/electron/electron-port.ts';
import { FakeEmitter } from '../../unit/apps/electron/fake-emitter.ts';
import { FakeSession } from '../../unit/apps/electron/fake-session.ts';

/** As BrowserWindow, without a screen. */
class FakeWindow extends FakeEmitter implements Window {
  readonly options: ReturnType<typeof windowOptions>;
  readonly addresses: string[] = [];
  progress: number | undefined;
  visible = false;
  focused = false;
  readonly webContents: Window['webContents'] & FakeEmitter;

  constructor(options: ReturnType<typeof windowOptions>) {
    super();
    this.options = options;
    this.webContents = Object.assign(new FakeEmitter(), {
      id: 1,
      getURL: () => this.addresses.at(-1) ?? '',
      reload: () => this.addresses.push('reload'),
      setWindowOpenHandler: () => undefined,
    });
  }

  async loadURL(address: string): Promise<void> {
    this.addresses.push(address);
  }
  show(): void {
    this.visible = true;
  }
  hide(): void {
    this.visible = false;
    this.focused = false;
  }
  focus(): void {
    this.focused = true;
  }
  restore(): void {}
  maximize(): void {}
  isMinimized = (): boolean => false;
  isMaximized = (): boolean => false;
  isVisible = (): boolean => this.visible;
  isFocused = (): boolean => this.focused;
  getNormalBounds = () => ({ x: 10, y: 20, width: 900, height: 700 });
  setProgressBar(share: number): void {
    this.progress = share;
  }
}

export interface Desktop {
  readonly home: string;
  readonly app: FakeEmitter;
  readonly session: FakeSession;
  readonly windows: FakeWindow[];
  /** What was done outside of the window, in order. */
  readonly done: string[];
  readonly menu: () => readonly MenuItem[];
  readonly tray: () => { readonly labels: readonly (string | undefined)[]; readonly tip: string };
  /** A page of the window, by its preload, over its own channel. */
  page(frame?: Partial<NonNullable<ConnectEvent['senderFrame']>>): Client;
  /** The application has ended. */
  readonly exited: Promise<void>;
}

export interface Answers {
  readonly beforeQuit?: Awaited<ReturnType<DesktopParts['askBeforeQuit']>>;
  readonly confirmCancel?: boolean;
  readonly argv?: readonly string[];
  readonly home?: string;
  readonly platform?: NodeJS.Platform;
}

/** The real application over a real inventory; only Electron is not there. */
export async function fakeDesktop(answers: Answers = {}): Promise<Desktop> {
  const home = answers.home ?? (await temporaryFolder());
  const passphrase = join(home, 'passphrase');
  await writeFile(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
  const done: string[] = [];
  const log = (line: string): void => void done.push(line);
  const host = await openDesktopHost({
    ...nodeHost(),
    home,
    env: { SLIPWAY_PASSPHRASE_FILE: passphrase },
    label: 'Slipway',
    folder: home,
    kubeconfigPath: join(home, 'kubeconfig'),
    productVersion: '1.2.3',
    files: undefined,
    log,
  });
  const { promise: exited, resolve: exit } = Promise.withResolvers<void>();
  const app = Object.assign(new FakeEmitter(), {
    exit: () => {
      done.push('exit');
      exit();
    },
  });
  const session = new FakeSession();
  const ipc = new FakeEmitter();
  const windows: FakeWindow[] = [];
  const shown: { menu: readonly MenuItem[]; tray: readonly MenuItem[]; tip: string } = { menu: [], tray: [], tip: '' };
  await startDesktop({
    host,
    app,
    session,
    ipc: ipc,
    files: new Map(),
    blocker: { start: () => done.push('stay awake'), stop: () => done.push('may sleep') },
    tray: { show: (tray, tip) => Object.assign(shown, { tray, tip }) },
    setApplicationMenu: (menu) => void (shown.menu = menu),
    setTheme: (source) => done.push(`theme ${source}`),
    notify: ({ title }, onClick) => {
      done.push(`notice ${title}`);
      onClick();
    },
    confirmCancel: async (cluster) => {
      done.push(`cancel ${cluster}?`);
      return answers.confirmCancel ?? false;
    },
    askBeforeQuit: async (clusters) => {
      done.push(`quit while ${clusters.join()} is at work?`);
      return answers.beforeQuit ?? { choice: 'stay', always: false };
    },
    window: {
      create(options) {
        const window = new FakeWindow(options);
        windows.push(window);
        return window;
      },
      screens: () => [{ x: 0, y: 0, width: 1920, height: 1080 }],
      placeFile: join(home, 'window.json'),
      openExternal: () => undefined,
      pageGone: async () => true,
      background: () => '#ffffff',
      preload: '/app/preload/preload.cjs',
      icon: '/app/icons/512x512.png',
      developing: false,
    },
    argv: answers.argv ?? [],
    platform: answers.platform ?? 'linux',
    log,
  });
  onTestFinished(() => host.close());
  return {
    home,
    app,
    session,
    windows,
    done,
    menu: () => shown.menu,
    tray: () => ({ labels: shown.tray.map(({ label }) => label), tip: shown.tip }),
    page(frame = {}) {
      const { port1, port2 } = new MessageChannel();
      onTestFinished(() => port2.close());
      const bridge = createBridge({
        postMessage: (message) => port2.postMessage(message),
        onMessage: (listener) => port2.on('message', listener),
        onClose: (listener) => port2.on('close', listener),
        close: () => port2.close(),
      });
      ipc.emit(connectChannel, {
        sender: { id: 1 },
        senderFrame: { url: 'app://slipway/', parent: null, ...frame },
        ports: [electronPort(port1)],
      });
      return electronClient(bridge);
    },
    exited,
  };
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-desktop-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
