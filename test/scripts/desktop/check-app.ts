import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Without these nothing would start, or an installer would lack what it shows. */
const needed = [
  'package.json',
  'main/main.mjs',
  'preload/preload.cjs',
  'renderer/index.html',
  'icons/512x512.png',
  'icons/tray.png',
  'node_modules/better-sqlite3/package.json',
  `node_modules/better-sqlite3/prebuilds/${process.platform}-${process.arch}.node`,
  'node_modules/keytar/build/Release/keytar.node',
  'node_modules/ssh2/package.json',
  'node_modules/dockerode/package.json',
] as const;

/**
 * Tries the staged application as far as it goes without Electron: everything is there, and its own process starts
 * under plain Node, finds every module, and opens an inventory. Answers what it said. @throws what is missing
 */
export async function checkApp(folder: string): Promise<string> {
  const missing = needed.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) throw new Error(`The staged application lacks ${missing.join(', ')}.`);
  const stub = fileURLToPath(new URL('stub-electron.mjs', import.meta.url));
  const argv = ['--import', stub, join(folder, 'main/main.mjs'), '--self-check'];
  // In an empty folder: a module that only the repository has must not be found.
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: folder, timeout: 60_000 });
  return stdout;
}
