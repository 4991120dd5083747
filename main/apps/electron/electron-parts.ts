import { join } from 'node:path';
import { BrowserWindow, dialog, Menu, nativeTheme, Notification, screen, shell, Tray } from 'electron';
import type { DesktopParts } from './desktop.ts';
import { openExternalLink } from './external-link.ts';
import { askBeforeQuit, confirmCancel, pageGone } from './questions.ts';

export interface ElectronPlaces {
  readonly preload: string;
  readonly icons: string;
  readonly userData: string;
  readonly developing: boolean;
}

type Parts = 'window' | 'tray' | 'setApplicationMenu' | 'setTheme' | 'notify' | 'confirmCancel' | 'askBeforeQuit';

/** What of the application's parts Electron does not have in the form in which they are used. */
export function electronParts({ preload, icons, userData, developing }: ElectronPlaces): Pick<DesktopParts, Parts> {
  const icon = join(icons, '512x512.png');
  const trayIcon = process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png';
  const tray = new Tray(join(icons, trayIcon));
  const notifications = new Set<Notification>(); // one that is not held is collected, and its click with it
  const ask = (options: Electron.MessageBoxOptions) => dialog.showMessageBox(options);
  return {
    window: {
      create: (options) => new BrowserWindow(options),
      screens: () => screen.getAllDisplays().map(({ workArea }) => workArea),
      placeFile: join(userData, 'window.json'),
      // eslint-disable-next-line no-restricted-properties -- the one place: the address has been looked at
      openExternal: (address) => openExternalLink(address, (url) => shell.openExternal(url)),
      pageGone: () => pageGone(ask),
      background: () => (nativeTheme.shouldUseDarkColors ? '#0f1519' : '#f6f8fa'),
      preload,
      icon,
      developing,
    },
    tray: {
      show(menu, tip) {
        tray.setToolTip(tip);
        tray.setContextMenu(Menu.buildFromTemplate(menu));
      },
    },
    setApplicationMenu: (items) => Menu.setApplicationMenu(Menu.buildFromTemplate(items)),
    setTheme: (source) => {
      nativeTheme.themeSource = source;
    },
    notify(notice, onClick) {
      if (!Notification.isSupported()) return;
      const notification = new Notification({ ...notice, icon });
      const drop = (): void => void notifications.delete(notification);
      notifications.add(notification);
      notification.on('click', onClick).on('click', drop).on('close', drop).on('failed', drop);
      notification.show();
    },
    confirmCancel: (cluster) => confirmCancel(ask, cluster),
    askBeforeQuit: (clusters) => askBeforeQuit(ask, clusters),
  };
}
