import type { WindowPlace } from './window-place.ts';

export interface WindowParts {
  readonly place: WindowPlace;
  /** Path of the built preload. */
  readonly preload: string;
  readonly icon: string;
  /** Behind the page until it has painted itself. */
  background(): string;
  /** False in what people install. */
  readonly developing: boolean;
}

/** A window whose page is treated as hostile: what it can do is what the preload's four functions and the host let it. */
export function windowOptions({ place, preload, icon, background, developing }: WindowParts) {
  const { maximized: _maximized, ...bounds } = place;
  return {
    ...bounds,
    minWidth: 480,
    minHeight: 360,
    title: 'Slipway',
    icon,
    backgroundColor: background(),
    show: false, // until there is something to see
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      plugins: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: developing,
    },
  };
}
