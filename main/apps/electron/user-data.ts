import { join, resolve } from 'node:path';

/**
 * Where Chromium and the application's window keep what is theirs. Not in the inventory's own folder of the system,
 * which on macOS would be Electron's choice, too; with an inventory elsewhere, beside it: each has its own application.
 * @param appData the system's folder for what applications keep.
 */
export function userDataFolder(env: Readonly<Record<string, string | undefined>>, appData: string): string {
  const home = env['SLIPWAY_HOME'];
  return home === undefined || home === '' ? join(appData, 'slipway-desktop') : join(resolve(home), 'desktop');
}
