// npm run app [-- --page=/clusters]: builds the desktop application and starts it, where Electron's program is.
import { spawn } from 'node:child_process';
import { electronBinary } from '#test/e2e/electron-binary.ts';
import { buildApp, stagedApp } from './desktop/build-app.ts';
import { exitCodes, noElectronHint } from './desktop/exit-codes.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(options: readonly string[]): Promise<number> {
  const electron = electronBinary();
  if (electron === undefined) {
    const browser = '    The same pages in a browser: npm run build && node main/apps/web/slipway-web.mjs';
    console.error(
      `The desktop application needs Electron's program, which is not here.\n${noElectronHint}\n${browser}`,
    );
    return exitCodes.noElectron;
  }
  await buildApp();
  const child = spawn(electron, [stagedApp, ...options], { stdio: 'inherit' });
  return await new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}
