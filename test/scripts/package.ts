// npm run package [-- electron-builder's options]: builds the desktop application, tries it, packs it for this system.
// --dir leaves it as a folder instead of installers. docs/desktop.md has the exit codes.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { electronBinary } from '#test/e2e/electron-binary.ts';
import { buildApp, stagedApp } from './desktop/build-app.ts';
import { checkApp } from './desktop/check-app.ts';
import { exitCodes, noElectronHint } from './desktop/exit-codes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main(options: readonly string[]): Promise<number> {
  console.log('Building the desktop application: pages, preload, main process …');
  await buildApp();
  try {
    const said = await checkApp(stagedApp);
    console.log(
      `It is whole, and its main process starts (under Node; Electron itself was not tried):\n${indented(said)}`,
    );
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : String(thrown));
    return exitCodes.notWhole;
  }
  const electron = electronBinary();
  if (electron === undefined) {
    console.error(`Nothing was packed: Electron's program is not on this computer.\n${noElectronHint}`);
    return exitCodes.noElectron;
  }
  return await pack(distOf(electron), options);
}

/** The folder that Electron's program came in. */
function distOf(program: string): string {
  return process.platform === 'darwin' ? join(dirname(program), '..', '..', '..') : dirname(program);
}

function pack(electronDist: string, options: readonly string[]): Promise<number> {
  const argv = [`-c.electronDist=${electronDist}`, '--publish', 'never', ...options];
  return new Promise((resolve) => {
    // It would ask the package registry whether there is a newer one of itself.
    const env = { ...process.env, NO_UPDATE_NOTIFIER: '1' };
    const child = spawn('electron-builder', argv, { cwd: root, env, stdio: 'inherit' });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

const indented = (text: string): string => text.trimEnd().replaceAll(/^/gm, '  ');
