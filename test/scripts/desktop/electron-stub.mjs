// Stands in for the module `electron` where its program is not: enough for `--self-check`, and nothing answers by chance.
const nothing = () => undefined;
const places = { appData: '/nonexistent', home: '/nonexistent', documents: '/nonexistent' };

export const app = {
  isPackaged: true,
  commandLine: { appendSwitch: nothing },
  getPath: (name) => places[name] ?? refuse(`app.getPath('${name}')`),
  getVersion: () => '0.0.0-stub',
  setName: nothing,
  setPath: nothing,
  setAppUserModelId: nothing,
  enableSandbox: nothing,
  exit: (code) => process.exit(code),
};
export const protocol = { registerSchemesAsPrivileged: nothing };

const refused = (name) => new Proxy(class {}, { get: (_target, key) => refuse(`${name}.${String(key)}`) });
export const BrowserWindow = refused('BrowserWindow');
export const Menu = refused('Menu');
export const Notification = refused('Notification');
export const Tray = refused('Tray');
export const dialog = refused('dialog');
export const ipcMain = refused('ipcMain');
export const nativeTheme = refused('nativeTheme');
export const powerSaveBlocker = refused('powerSaveBlocker');
export const screen = refused('screen');
export const session = refused('session');
export const shell = refused('shell');

function refuse(what) {
  throw new Error(`${what} is not there without Electron.`);
}
