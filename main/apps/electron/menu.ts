import type { ActiveRun } from './active-runs.ts';
import { texts } from './texts.ts';

/** Of Electron's MenuItemConstructorOptions what we use. */
export interface MenuItem {
  readonly label?: string;
  readonly role?: MenuRole;
  readonly type?: 'separator';
  readonly accelerator?: string;
  readonly enabled?: boolean;
  readonly submenu?: MenuItem[];
  readonly click?: () => void;
}

type MenuRole =
  | 'appMenu'
  | 'editMenu'
  | 'windowMenu'
  | 'resetZoom'
  | 'zoomIn'
  | 'zoomOut'
  | 'togglefullscreen'
  | 'reload'
  | 'toggleDevTools';

export interface Commands {
  /** Shows the window at a route of the renderer. */
  go(page: string): void;
  show(): void;
  cancelRun(run: ActiveRun): void;
  quit(): void;
}

export interface MenuState {
  readonly runs: readonly ActiveRun[];
  readonly platform: NodeJS.Platform;
  readonly developing: boolean;
}

const separator: MenuItem = { type: 'separator' };

/** The menu of the application, with the system's own roles wherever there is one. */
export function applicationMenu({ runs, platform, developing }: MenuState, commands: Commands): MenuItem[] {
  const { menu } = texts;
  const isMac = platform === 'darwin';
  // A letter to press with Alt; macOS has none, and would show the sign.
  const title = (text: string): string => (isMac ? text.replace('&', '') : text);
  const settings = { label: menu.settings, accelerator: 'CmdOrCtrl+,', click: () => commands.go('/settings') };
  const quit = { label: menu.quit, accelerator: 'CmdOrCtrl+Q', click: commands.quit };
  const newCluster = { label: menu.newCluster, accelerator: 'CmdOrCtrl+N', click: () => commands.go('/new') };
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    { label: title(menu.file), submenu: [newCluster, separator, settings, ...(isMac ? [] : [separator, quit])] },
    { label: title(menu.edit), role: 'editMenu' },
    {
      label: title(menu.view),
      submenu: [
        { label: menu.clusters, accelerator: 'CmdOrCtrl+1', click: () => commands.go('/clusters') },
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(developing ? [separator, { role: 'reload' as const }, { role: 'toggleDevTools' as const }] : []),
      ],
    },
    { label: title(menu.runs), submenu: runItems(runs, commands) },
    { label: title(menu.window), role: 'windowMenu' },
    {
      label: title(menu.help),
      submenu: [
        { label: menu.diagnostics, accelerator: 'CmdOrCtrl+Shift+D', click: () => commands.go('/diagnostics') },
      ],
    },
  ];
}

function runItems(runs: readonly ActiveRun[], commands: Commands): MenuItem[] {
  const { menu } = texts;
  if (runs.length === 0) return [{ label: menu.noRuns, enabled: false }];
  return [
    ...runs.map((run) => ({ label: menu.open(run.clusterName), click: () => commands.go(`/runs/${run.runId}`) })),
    separator,
    ...runs.map((run, index) => ({
      label: menu.cancel(run.clusterName),
      // The first one only: two items with the same keys would be one of them by chance.
      ...(index === 0 ? { accelerator: 'CmdOrCtrl+.' } : {}),
      click: () => commands.cancelRun(run),
    })),
  ];
}

/** The menu of the icon in the tray; its first lines say what is at work. */
export function trayMenu(runs: readonly ActiveRun[], commands: Commands): MenuItem[] {
  const { tray, menu } = texts;
  return [
    ...(runs.length === 0
      ? [{ label: tray.idle, enabled: false }]
      : runs.map((run) => ({ label: tray.run(run), click: () => commands.go(`/runs/${run.runId}`) }))),
    separator,
    { label: tray.open, click: commands.show },
    { label: menu.newCluster, click: () => commands.go('/new') },
    separator,
    { label: menu.quit, click: commands.quit },
  ];
}

export function trayTip(runs: readonly ActiveRun[]): string {
  return runs.length === 0 ? texts.tray.idle : texts.tray.atWork(runs.length);
}
