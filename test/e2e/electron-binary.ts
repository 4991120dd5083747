import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const electronPackage = fileURLToPath(new URL('../../node_modules/electron', import.meta.url));

/**
 * The Electron program, or `undefined` where only its package is there: the package fetches the program with its first
 * use, from a host that many networks do not reach, and this never asks for it. `ELECTRON_OVERRIDE_DIST_PATH` names the
 * folder of another one, as for the package itself.
 */
export function electronBinary(
  env: Readonly<Record<string, string | undefined>> = process.env,
  folder: string = electronPackage,
): string | undefined {
  const own = env['ELECTRON_OVERRIDE_DIST_PATH'];
  const program = join(own ?? join(folder, 'dist'), programIn(folder));
  return existsSync(program) ? program : undefined;
}

/** As the package writes down when it has fetched it. */
function programIn(folder: string): string {
  try {
    return readFileSync(join(folder, 'path.txt'), 'utf8');
  } catch {
    // It has fetched nothing.
    if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
    return process.platform === 'win32' ? 'electron.exe' : 'electron';
  }
}
