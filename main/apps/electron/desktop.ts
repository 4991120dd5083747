import { serveMessagePort } from '#main/rpc/message-port.ts';
import { connectChannel } from '#shared/contract/bridge.ts';
import type { OutputOf } from '#shared/contract/index.ts';
import type { StaticFiles } from '../static-files.ts';
import { acceptPages, type ConnectEvent } from './accept-pages.ts';
import type { ActiveRun } from './active-runs.ts';
import type { PowerSaveBlocker } from './awake.ts';
import type { DesktopHost } from './desktop-host.ts';
import type { Emits, Preventable } from './emits.ts';
import { hardenSession, type PageSession } from './harden-session.ts';
import { type MainWindow, type MainWindowParts, openMainWindow } from './main-window.ts';
import { applicationMenu, type Commands, type MenuItem, trayMenu, trayTip } from './menu.ts';
import { observed } from './observed.ts';
import { appScheme } from './own-pages.ts';
import { openQuitting, type QuitParts, type Quitting } from './quitting.ts';
import type { Notice } from './run-notice.ts';
import { followRuns } from './run-surroundings.ts';
import { servePages } from './serve-pages.ts';
import { startArguments } from './start-arguments.ts';
import { type Theme, themeSource } from './theme-source.ts';

/** Of Electron all that the application uses, so that it is tried without it. */
export interface DesktopParts {
  readonly host: DesktopHost;
  readonly files: StaticFiles;
  readonly app: {
    readonly on: Emits<'second-instance', [unknown, string[]]> &
      Emits<'activate', []> &
      Emits<'before-quit', [Preventable]>;
    exit(code: number): void;
  };
  readonly session: PageSession & {
    readonly protocol: { handle(scheme: string, handler: (request: Request) => Response): void };
  };
  readonly ipc: { on(channel: string, listener: (event: ConnectEvent) => void): unknown };
  readonly blocker: PowerSaveBlocker;
  readonly tray: { show(menu: MenuItem[], tip: string): void };
  readonly window: Omit<MainWindowParts, 'closing' | 'fault'>;
  setApplicationMenu(items: MenuItem[]): void;
  setTheme(source: ReturnType<typeof themeSource>): void;
  notify(notice: Notice, onClick: () => void): void;
  /** Answers whether the person is sure. */
  confirmCancel(cluster: string): Promise<boolean>;
  askBeforeQuit: QuitParts['ask'];
  readonly argv: readonly string[];
  readonly platform: NodeJS.Platform;
  readonly log: (line: string) => void;
}

type Settings = OutputOf<'settings.get'>;

/** The application, from its windows' first page to its end. Electron is ready. */
export async function startDesktop(parts: DesktopParts): Promise<void> {
  const { host, app, window: windowParts, platform, log } = parts;
  const { client } = host;
  const { developing } = windowParts;
  const fault = (what: string, thrown: unknown): void => {
    log(`${what}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);
  };
  const settings = (): Promise<Settings> => client.call('settings.get', {});
  const applyTheme = ({ theme }: { readonly theme: Theme }): void => parts.setTheme(themeSource(theme));

  hardenSession(parts.session, { developing });
  parts.session.protocol.handle(appScheme, servePages(parts.files));
  applyTheme(await settings());

  const window: MainWindow = openMainWindow({
    ...windowParts,
    fault,
    closing(event) {
      if (quitting.isOver()) return;
      event.preventDefault();
      if (platform === 'darwin') window.hide();
      else void quitting.request();
    },
  });
  const quitting: Quitting = openQuitting({
    drivenClusters: () => host.driver.active().map(({ cluster }) => cluster),
    setting: async () => (await settings()).whenRunsOnQuit,
    ask: parts.askBeforeQuit,
    remember: async (whenRunsOnQuit) => {
      await client.call('settings.update', { whenRunsOnQuit });
    },
    hide: window.hide,
    cancelRuns: host.cancelRuns,
    close: host.close,
    exit: () => app.exit(0),
    fault: (thrown) => fault('quit', thrown),
  });
  const commands: Commands = {
    go: window.show,
    show: () => window.show(),
    quit: () => void quitting.request(),
    cancelRun: (run) => {
      cancelRun(parts, run).catch((thrown: unknown) => fault('cancel a run', thrown));
    },
  };

  const dispatcher = observed(host.dispatcher, 'settings.update', (output) => applyTheme(output as Settings));
  parts.ipc.on(
    connectChannel,
    acceptPages({
      isOwnWindow: window.owns,
      serve: (port) => serveMessagePort(dispatcher, port, host.onFault),
      refused: log,
    }),
  );
  app.on('second-instance', (_event, argv) => window.show(startArguments(argv).page));
  app.on('activate', () => window.show());
  app.on('before-quit', (event) => {
    if (quitting.isOver()) return;
    event.preventDefault();
    void quitting.request();
  });
  window.show(startArguments(parts.argv).page);

  const showRuns = (runs: readonly ActiveRun[]): void => {
    parts.setApplicationMenu(applicationMenu({ runs, platform, developing }, commands));
    parts.tray.show(trayMenu(runs, commands), trayTip(runs));
  };
  showRuns([]);
  void followRuns({ client, window, blocker: parts.blocker, notify: parts.notify, showRuns, fault });
}

async function cancelRun({ host, confirmCancel }: DesktopParts, run: ActiveRun): Promise<void> {
  if (await confirmCancel(run.clusterName)) await host.client.call('runs.cancel', { cluster: run.clusterName });
}
