import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MenuItem } from '#main/apps/electron/menu.ts';
import { type Desktop, fakeDesktop } from './fake-desktop.ts';

/** One machine where nothing listens: the run tries again and again, which is all that is needed here. */
async function startRun({ home, page }: Desktop) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = join(home, 'key');
  await writeFile(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const text = `
apiVersion: slipway.dev/v1
kind: Cluster
metadata: { name: home }
spec:
  ssh: { auth: { kind: key, key: 'file:${key}' } }
  machines:
    - { name: node-1, address: 127.0.0.1, port: 1, roles: [etcd, controlplane, worker] }
`;
  return page().call('runs.start', { text });
}

const flat = (items: readonly MenuItem[]): readonly MenuItem[] =>
  items.flatMap((item) => [item, ...flat(item.submenu ?? [])]);

function click({ menu }: Desktop, label: string): void {
  const found = flat(menu()).find((item) => item.label === label);
  if (!found?.click) throw new Error(`There is nothing to click at "${label}".`);
  found.click();
}

describe('the desktop application', () => {
  it('shows one window with our page in it, which reaches the inventory by its preload', async () => {
    const { windows, session, done, page } = await fakeDesktop();
    expect(windows.map(({ addresses }) => addresses)).toEqual([['app://slipway/#/clusters']]);
    expect([...session.served.keys()]).toEqual(['app']);
    expect(done).toEqual(['theme system']);
    const client = page();
    expect(await client.call('clusters.list', {})).toEqual([]);
    expect(await client.call('host.capabilities', {})).toMatchObject({ app: 'electron', nativeFileDialogs: true });
  });

  it.each([{ url: 'https://example.com/' }, { parent: {} }])('refuses the page %o', async (frame) => {
    const { page, done } = await fakeDesktop();
    await expect(page(frame).call('clusters.list', {})).rejects.toMatchObject({ code: 'rpc.disconnected' });
    expect(done.at(-1)).toMatch(/^A page was refused: /);
  });

  it('follows the theme that a page has set, in menus and dialogs, too', async () => {
    const desktop = await fakeDesktop();
    await desktop.page().call('settings.update', { theme: 'contrast' });
    expect(desktop.done).toEqual(['theme system', 'theme dark']);
    const again = await fakeDesktop({ home: desktop.home });
    expect(again.done).toEqual(['theme dark']);
  });

  it('opens at the page it is asked for, and goes there when it is started a second time', async () => {
    const { windows, app } = await fakeDesktop({ argv: ['slipway-desktop', '--page=/runs/run-1'] });
    const second = (...argv: string[]) => app.emit('second-instance', {}, ['slipway-desktop', ...argv]);
    second('--page=/settings');
    second('--page=/settings'); // there already: what somebody has typed stays
    second('--page=https://example.com/');
    expect(windows).toHaveLength(1);
    expect(windows[0]?.addresses).toEqual(['app://slipway/#/runs/run-1', 'app://slipway/#/settings']);
    expect(windows[0]?.focused).toBe(true);
  });

  it('makes its window again when it was closed, remembers its place, and loads a crashed page again', async () => {
    const { windows, app, home } = await fakeDesktop({ platform: 'darwin' });
    expect(windows[0]?.emit('close')).toBe(true); // hidden: macOS keeps an application without windows
    expect(JSON.parse(await readFile(join(home, 'window.json'), 'utf8'))).toMatchObject({ width: 900, height: 700 });
    windows[0]?.emit('closed');
    app.emit('activate');
    expect(windows).toHaveLength(2);
    expect(windows[1]?.options).toMatchObject({ x: 10, y: 20, width: 900, height: 700 });
    windows[1]?.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    await expect.poll(() => windows[1]?.addresses.at(-1)).toBe('reload');
  });

  it('quits without a question when no run is at work', async () => {
    const { windows, done, exited } = await fakeDesktop();
    expect(windows[0]?.emit('close')).toBe(true);
    await exited;
    expect(done).toEqual(['theme system', 'exit']);
    expect(windows[0]?.emit('close')).toBe(false);
  });
});

describe('while a run is at work', () => {
  it('the computer stays awake, task bar, tray and menu show it, and its cancel is told to who looks away', async () => {
    const desktop = await fakeDesktop({ confirmCancel: true });
    const { windows, done, tray } = desktop;
    const { runId } = await startRun(desktop);
    await expect.poll(() => tray().tip).toBe('Slipway: a run is at work');
    expect(done).toContain('stay awake');
    expect(tray().labels[0]).toMatch(/^home: (begins|\d+ of \d+ steps)$/);
    await expect.poll(() => windows[0]?.progress).toBeGreaterThanOrEqual(0);

    windows[0]?.hide();
    click(desktop, 'Cancel the run of home…');
    await expect.poll(() => done.at(-1), { timeout: 30_000 }).toBe('notice home: create was cancelled');
    expect(done).toContain('may sleep');
    expect(windows[0]?.progress).toBe(-1);
    expect(windows[0]?.addresses.at(-1)).toBe(`app://slipway/#/runs/${runId}`); // its notice was clicked
    expect(tray().tip).toBe('Slipway: no run is at work');
  });

  it('a closed window is hidden where the run is to go on in the tray, and the answer can hold always', async () => {
    const desktop = await fakeDesktop({ beforeQuit: { choice: 'tray', always: true } });
    const { windows, done } = desktop;
    await startRun(desktop);
    windows[0]?.show();
    expect(windows[0]?.emit('close')).toBe(true);
    await expect.poll(() => windows[0]?.visible).toBe(false);
    expect(done).toContain('quit while home is at work?');
    expect(await desktop.page().call('settings.get', {})).toMatchObject({ whenRunsOnQuit: 'tray' });
    expect(await desktop.page().call('runs.list', { cluster: 'home' })).toMatchObject([{ state: 'running' }]);
  });

  it('quitting can cancel it first', async () => {
    const desktop = await fakeDesktop({ beforeQuit: { choice: 'cancel', always: false } });
    await startRun(desktop);
    expect(desktop.app.emit('before-quit')).toBe(true);
    await desktop.exited;
    const next = await fakeDesktop({ home: desktop.home });
    expect(await next.page().call('runs.list', { cluster: 'home' })).toMatchObject([{ state: 'cancelled' }]);
  });

  it('quitting can leave it, to be resumed by whoever comes next', async () => {
    const desktop = await fakeDesktop({ beforeQuit: { choice: 'leave', always: false } });
    const { runId } = await startRun(desktop);
    desktop.app.emit('before-quit');
    await desktop.exited;
    expect(desktop.app.emit('before-quit')).toBe(false);
    const next = await fakeDesktop({ home: desktop.home });
    expect(await next.page().call('runs.list', { cluster: 'home' })).toMatchObject([{ runId, state: 'interrupted' }]);
    expect(await next.page().call('runs.resume', { run: runId })).toMatchObject({ runId, watching: false });
  });
});
