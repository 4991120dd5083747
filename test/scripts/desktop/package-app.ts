import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkApp } from './check-app.ts';
import { exitCodes, noElectronHint } from './exit-codes.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface PackageOptions {
  /** The folder of the staged application. */
  readonly app: string;
  /** Electron's program; `undefined` where there is none. */
  readonly electron: string | undefined;
  /** For electron-builder. */
  readonly options: readonly string[];
  readonly say: (text: string) => void;
}

/** Tries the staged application, and packs it where Electron's program is. Answers the exit code. */
export async function packageApp({ app, electron, options, say }: PackageOptions): Promise<number> {
  try {
    const said = await checkApp(app);
    say(`It is whole, and its main process starts (under Node; Electron itself was not tried):\n${indented(said)}`);
  } catch (thrown) {
    say(thrown instanceof Error ? thrown.message : String(thrown));
    return exitCodes.notWhole;
  }
  if (electron === undefined) {
    say(`Nothing was packed: Electron's program is not on this computer.\n${noElectronHint}`);
    return exitCodes.noElectron;
  }
  return pack([`-c.electronDist=${distOf(electron)}`, '--publish', 'never', ...options], say);
}

/** The folder that Electron's program came in. */
function distOf(program: string): string {
  return process.platform === 'darwin' ? join(dirname(program), '..', '..', '..') : dirname(program);
}

function pack(argv: readonly string[], say: PackageOptions['say']): Promise<number> {
  // It would ask the package registry whether there is a newer one of itself.
  const env = { ...process.env, NO_UPDATE_NOTIFIER: '1' };
  return new Promise((resolve) => {
    const child = spawn('electron-builder', argv, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        say(chunk.toString().trimEnd());
      });
    }
    child.on('error', (error) => {
      say(error.message);
      resolve(1);
    });
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '  ');
}
