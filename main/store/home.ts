import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { storeErrors } from '#shared/errors/store.ts';
import { failureCode } from './failure-code.ts';

/**
 * Where Slipway keeps everything: SLIPWAY_HOME, or the platform's folder for an application's own data (XDG Base
 * Directory on Linux, Application Support on macOS, the local, not roaming, AppData on Windows).
 */
export function homeFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  userFolder: string = homedir(),
): string {
  const path = platform === 'win32' ? win32 : posix;
  if (env['SLIPWAY_HOME']) return path.resolve(env['SLIPWAY_HOME']);
  switch (platform) {
    case 'win32':
      return path.join(env['LOCALAPPDATA'] ?? path.join(userFolder, 'AppData', 'Local'), 'slipway');
    case 'darwin':
      return path.join(userFolder, 'Library', 'Application Support', 'slipway');
    default:
      return path.join(env['XDG_DATA_HOME'] ?? path.join(userFolder, '.local', 'share'), 'slipway');
  }
}

/** Makes the folder, or takes other people's access to it away. @throws `store.home_unusable` */
export function prepareHome(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    // Windows keeps AppData private by its own access lists.
    if (process.platform !== 'win32' && (statSync(path).mode & 0o777) !== 0o700) chmodSync(path, 0o700);
  } catch (cause) {
    throw storeErrors.home_unusable({ path, reason: failureCode(cause) });
  }
}
