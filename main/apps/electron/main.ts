import { join } from 'node:path';
import { app, dialog, ipcMain, powerSaveBlocker, protocol, session } from 'electron';
import { errorData } from '#shared/errors/define.ts';
import { desktopErrors } from '#shared/errors/desktop.ts';
import { kubeconfigPath } from '../kubeconfig-path.ts';
import { nodeHost } from '../node-host.ts';
import { readStaticFiles } from '../static-files.ts';
import { startDesktop } from './desktop.ts';
import { openDesktopHost } from './desktop-host.ts';
import { electronParts } from './electron-parts.ts';
import { fileDialogs } from './file-dialogs.ts';
import { openLogFile } from './log-file.ts';
import { appScheme } from './own-pages.ts';
import { quietSwitches } from './quiet-switches.ts';
import { selfCheck } from './self-check.ts';
import { startArguments } from './start-arguments.ts';
import { texts } from './texts.ts';
import { userDataFolder } from './user-data.ts';

// Electron waits with `ready` only for what runs before the first `await` of this module.
const { env, argv, platform } = process;
const userData = userDataFolder(env, app.getPath('appData'));
app.setName(texts.product);
app.setPath('userData', userData);
app.setAppUserModelId('dev.slipway.desktop'); // electron-builder.yml's appId: whose notifications they are on Windows
app.enableSandbox();
for (const name of quietSwitches) app.commandLine.appendSwitch(name);
protocol.registerSchemesAsPrivileged([
  { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);

const root = join(import.meta.dirname, '..');
const places = {
  renderer: join(root, 'renderer'),
  preload: join(root, 'preload', 'preload.cjs'),
  icons: join(root, 'icons'),
};

if (startArguments(argv).selfCheck) void check();
else if (app.requestSingleInstanceLock()) {
  start().catch((thrown: unknown) => {
    const { cause, hint } = errorData(thrown);
    dialog.showErrorBox(texts.cannotStart, `${cause}\n\n${hint}`);
    app.exit(1);
  });
} else app.exit(0); // the one that runs shows itself

async function start(): Promise<void> {
  await app.whenReady();
  const log = openLogFile(join(userData, 'logs', 'desktop.log'));
  const files = await readStaticFiles(places.renderer);
  if (!files.has('/')) throw desktopErrors.no_pages({ folder: places.renderer });
  const host = await openDesktopHost({
    ...nodeHost(),
    home: undefined,
    env,
    label: texts.product,
    folder: app.getPath('home'),
    kubeconfigPath: kubeconfigPath(env),
    productVersion: app.getVersion(),
    log,
    files: fileDialogs(dialog, app.getPath('documents')),
  });
  await startDesktop({
    ...electronParts({ ...places, userData, developing: !app.isPackaged }),
    host,
    files,
    app,
    session: session.defaultSession,
    ipc: ipcMain,
    blocker: powerSaveBlocker,
    argv,
    platform,
    log,
  });
}

async function check(): Promise<void> {
  try {
    const lines = await selfCheck({ ...places, productVersion: app.getVersion() });
    process.stdout.write(`${lines.join('\n')}\n`);
    app.exit(0);
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
    app.exit(1);
  }
}
