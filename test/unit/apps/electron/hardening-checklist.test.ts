import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { acceptPages } from '#main/apps/electron/accept-pages.ts';
import { externalLink } from '#main/apps/electron/external-link.ts';
import { hardenContents } from '#main/apps/electron/harden-contents.ts';
import { hardenSession } from '#main/apps/electron/harden-session.ts';
import { quietSwitches } from '#main/apps/electron/quiet-switches.ts';
import { servePages } from '#main/apps/electron/serve-pages.ts';
import { startArguments } from '#main/apps/electron/start-arguments.ts';
import { windowOptions } from '#main/apps/electron/window-options.ts';
import { firstPlace } from '#main/apps/electron/window-place.ts';
import { FakeEmitter } from './fake-emitter.ts';
import { FakeSession } from './fake-session.ts';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const builder = parse(read('electron-builder.yml')) as Readonly<Record<string, never>>;
const entry = ['main.ts', 'electron-parts.ts'].map((file) => read(`main/apps/electron/${file}`)).join('\n');

function preferences(developing: boolean) {
  const parts = { place: firstPlace, preload: '/p.cjs', icon: '/i.png', background: () => '#fff', developing };
  return windowOptions(parts).webPreferences;
}

function contents() {
  const made = Object.assign(new FakeEmitter(), {
    open: (_details: { readonly url: string }): { readonly action: string } => ({ action: 'allow' }),
    setWindowOpenHandler(handler: (details: { readonly url: string }) => { readonly action: 'deny' }) {
      made.open = handler;
    },
  });
  hardenContents(made, () => undefined);
  return made;
}

function session(): FakeSession {
  const made = new FakeSession();
  hardenSession(made, { developing: false });
  return made;
}

/**
 * Every line of the hardening checklist that the application was built after, with what it says. Each has tests of its
 * own in this folder; here stands that none was forgotten.
 */
const checklist: readonly { readonly item: string; readonly says: string; readonly holds: () => void }[] = [
  {
    item: 'windows',
    says: 'are isolated and sandboxed, without Node, with web security, without web views or developer tools',
    holds: () =>
      expect(preferences(false)).toMatchObject({
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        devTools: false,
      }),
  },
  {
    item: 'sandbox',
    says: 'is on for every process before anything else, and no switch takes it away',
    holds: () => {
      expect(entry).toContain('app.enableSandbox()');
      expect(entry + read('electron-builder.yml')).not.toMatch(/['"\s]no-sandbox['"]|executableArgs|setuid/);
    },
  },
  {
    item: 'content',
    says: 'comes from a scheme of our own that no path leads out of; never from a file or the network',
    holds: () => {
      expect(entry).toMatch(/scheme: appScheme, privileges: \{ standard: true, secure: true/);
      expect(entry).not.toMatch(/loadFile|file:|bypassCSP|allowServiceWorkers/);
      expect(servePages(new Map())({ url: 'app://slipway/../etc/passwd', method: 'GET' }).status).toBe(404);
      expect(['file:///etc/passwd', 'https://example.com/'].map((url) => session().lets(url))).toEqual([false, false]);
    },
  },
  {
    item: 'policy',
    says: 'is a header of each answer: nothing by default, own scripts, styles and connections, no eval',
    holds: () => {
      const { headers } = servePages(new Map())({ url: 'app://slipway/', method: 'GET' });
      const policy = headers.get('content-security-policy') ?? '';
      for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]) {
        expect(policy).toContain(part);
      }
      expect(policy).not.toContain('unsafe');
    },
  },
  {
    item: 'navigation',
    says: 'leads nowhere: by link, redirect, frame, window or web view; the address is compared by its parts',
    holds: () => {
      const page = contents();
      const url = 'https://app.slipway.example/app://slipway/';
      for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
        expect([event, page.emit(event, { url, isMainFrame: true })]).toEqual([event, true]);
      }
      expect(page.open({ url })).toEqual({ action: 'deny' });
    },
  },
  {
    item: 'external links',
    says: 'are plain https, by one function that lint lets nobody go around',
    holds: () => {
      expect(['http://a/', 'file:///a', 'https://u:p@a/', 'https://a/'].map(externalLink)).toEqual([
        undefined,
        undefined,
        undefined,
        'https://a/',
      ]);
      expect(entry.match(/shell\.openExternal/g)).toHaveLength(1);
      expect(read('test/config/eslint.config.ts')).toContain("object: 'shell', property: 'openExternal'");
    },
  },
  {
    item: 'permissions',
    says: 'are denied when asked for and when looked up, devices and screens as well',
    holds: () => {
      expect(session().permission('media', 'app://slipway/')).toEqual([false, false]);
      expect(session().device?.()).toBe(false);
      expect(session().emit('select-usb-device')).toBe(true);
    },
  },
  {
    item: 'messages',
    says: 'are taken from the top frame of our own page only, over a channel that belongs to that document',
    holds: () => {
      const refused: string[] = [];
      const serve = () => {
        throw new Error('It was served.');
      };
      const accept = acceptPages({ isOwnWindow: () => true, serve, refused: (why) => refused.push(why) });
      const ports = [Object.assign(new FakeEmitter(), { postMessage() {}, start() {}, close() {} })];
      for (const senderFrame of [null, { url: 'app://slipway/', parent: {} }, { url: 'https://a/', parent: null }]) {
        accept({ sender: { id: 1 }, senderFrame, ports });
      }
      expect(refused).toHaveLength(3);
      expect(entry).not.toMatch(/ipcMain\.(handle|on)\b/);
    },
  },
  {
    item: 'fuses',
    says: 'switch off Node modes, options and inspection, and let only the checked archive run',
    holds: () =>
      expect(builder['electronFuses']).toEqual({
        runAsNode: false,
        enableNodeOptionsEnvironmentVariable: false,
        enableNodeCliInspectArguments: false,
        enableCookieEncryption: true,
        enableEmbeddedAsarIntegrityValidation: true,
        onlyLoadAppFromAsar: true,
        grantFileProtocolExtraPrivileges: false,
        loadBrowserProcessSpecificV8Snapshot: false,
      }),
  },
  {
    item: 'archive',
    says: 'holds all but native code, which has to be files',
    holds: () => {
      expect(builder['asar']).toEqual({ smartUnpack: false });
      expect(builder['asarUnpack']).toEqual(['**/*.node']);
      expect(builder['npmRebuild']).toBe(false);
    },
  },
  {
    item: 'what was packed',
    says: 'can be tried as it is, since browser tests cannot attach to it',
    holds: () => expect(startArguments(['--self-check']).selfCheck).toBe(true),
  },
  {
    item: 'Linux',
    says: 'packages bring an AppArmor profile for the sandbox',
    holds: () => {
      const profile = { appArmorProfile: 'main/apps/electron/resources/apparmor-profile' };
      expect([builder['deb'], builder['rpm']]).toEqual([
        expect.objectContaining(profile),
        expect.objectContaining(profile),
      ]);
      expect(read(profile.appArmorProfile)).toMatch(/^ {2}userns,$/m);
    },
  },
  {
    item: 'certificates',
    says: 'are never waved through for a page',
    holds: () => {
      expect(entry).not.toMatch(/certificate-error|setCertificateVerifyProc|ignore-certificate-errors/);
      expect(session().events).not.toContain('certificate-error');
    },
  },
  {
    item: 'updates and errands',
    says: 'ask nobody: no address to update from, and Chromium’s own errands are off',
    holds: () => {
      expect(builder['publish']).toBeNull();
      expect(quietSwitches).toEqual(
        expect.arrayContaining(['disable-background-networking', 'disable-component-update']),
      );
      expect(entry).toContain('for (const name of quietSwitches) app.commandLine.appendSwitch(name)');
    },
  },
  {
    item: 'supply chain',
    says: 'is locked with checksums, and Electron’s package runs no script when it is installed',
    holds: () => {
      const lock = JSON.parse(read('package-lock.json')) as {
        packages: Record<string, { readonly link?: boolean; readonly inBundle?: boolean; readonly integrity?: string }>;
      };
      const unchecked = Object.entries(lock.packages).filter(
        // What a package brings inside itself is covered by its own checksum.
        ([path, { link, inBundle, integrity }]) => path !== '' && !link && !inBundle && integrity === undefined,
      );
      expect(unchecked.map(([path]) => path)).toEqual([]);
      const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };
      expect(allowScripts['electron']).toBe(false);
    },
  },
];

describe('the hardening checklist', () => {
  it.each(checklist)('$item: $says', ({ holds }) => {
    holds();
  });

  it('lets developers have their tools, and nothing else', () => {
    const { devTools, ...rest } = preferences(true);
    const { devTools: _off, ...packaged } = preferences(false);
    expect([devTools, rest]).toEqual([true, packaged]);
  });
});
