import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasScreen } from '#main/apps/web/open-browser.ts';
import buildPages from '#test/e2e/build-pages.ts';
import { electronBinary } from '#test/e2e/electron-binary.ts';
import { startInBackground, stopInBackground, untilAnswering } from '#test/lab/background.ts';
import { stagedApp } from './desktop/build-app.ts';

const webHost = fileURLToPath(new URL('../../main/apps/web/slipway-web.mjs', import.meta.url));

/** The application on an inventory: Electron's where its program and a screen are, the web host's elsewhere. */
export type DemoApp =
  | { readonly kind: 'window'; readonly open: (page: string) => void }
  /** `addressOf`: opens it at that place, and works once. */
  | { readonly kind: 'web'; readonly addressOf: (page: string) => Promise<string> };

/**
 * Builds and starts it; it stays up. Stop it with `stopApp`.
 * @param folder for what says which process it is. @param env names the inventory.
 */
export async function startApp(
  folder: string,
  env: Readonly<Record<string, string>> & { readonly SLIPWAY_HOME: string },
) {
  await buildPages();
  const electron = electronBinary();
  return electron !== undefined && hasScreen(process.env) ? desktop(electron, env) : await web(folder, env);
}

export async function stopApp(folder: string): Promise<void> {
  await stopInBackground(pidFileOf(folder), 10_000);
}

function desktop(electron: string, env: Readonly<Record<string, string>>): DemoApp {
  return {
    kind: 'window',
    open(page) {
      const options = { detached: true, stdio: 'ignore', env: { ...process.env, ...env } } as const;
      // A second one only tells the first where to go.
      spawn(electron, [stagedApp, `--page=${page}`], options).unref();
    },
  };
}

async function web(
  folder: string,
  env: Readonly<Record<string, string>> & { readonly SLIPWAY_HOME: string },
): Promise<DemoApp> {
  const stateFile = join(env.SLIPWAY_HOME, 'web.json');
  const background = {
    argv: [process.execPath, webHost, '--no-open'],
    env,
    pidFile: pidFileOf(folder),
    logFile: join(folder, 'web.log'),
  };
  const read = (): Promise<string> => readFile(stateFile, 'utf8').catch(() => ''); // it does not listen yet
  const owner = await startInBackground(background);
  await untilAnswering(background, owner, 60_000, async () => (await read()) !== '');
  return {
    kind: 'web',
    async addressOf(page) {
      const state = JSON.parse(await read()) as { readonly token: string; readonly place: { readonly port: number } };
      const fragment = new URLSearchParams({ token: state.token, page });
      return `http://127.0.0.1:${state.place.port}/#${fragment.toString()}`;
    },
  };
}

function pidFileOf(folder: string): string {
  return join(folder, 'web.pid.json');
}
