import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '#test/scripts/desktop/build-app.ts';
import { checkApp } from '#test/scripts/desktop/check-app.ts';
import { packageApp } from '#test/scripts/desktop/package-app.ts';
import { extractArchive, filesOfArchive, type Packed } from './asar.ts';
import { fakeElectron, fusesOf } from './fake-electron.ts';
import { loadPreload } from './load-preload.ts';

let folder: string;
let app: string;

// Outside of the repository: a module that only the repository has must not be found.
beforeAll(async () => {
  folder = await mkdtemp('/tmp/slipway-packaged-');
  app = join(folder, 'app');
  await buildApp(app);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the staged application', () => {
  it('is whole: its process starts without Electron, finds every module and opens an inventory', async () => {
    expect((await checkApp(app)).split('\n')).toEqual([
      'Slipway 0.0.0-stub, contract 1',
      expect.stringMatching(/^pages: \d+ files$/),
      'inventory: opened, asked and closed',
      expect.stringMatching(/^keychain: module (loaded|found)/),
      '',
    ]);
  });

  it.each([
    ['renderer/index.html', 'The staged application lacks renderer/index.html.'],
    ['node_modules/dockerode/lib/docker.js', 'dockerode'],
    ['node_modules/keytar/lib/keytar.js', 'keytar'],
  ])('is refused without %s', async (file, says) => {
    const kept = await readFile(join(app, file));
    await rm(join(app, file));
    try {
      await expect(checkApp(app)).rejects.toThrow(says);
    } finally {
      await writeFile(join(app, file), kept);
    }
  });

  it('brings no source, no tool and nothing for another system', async () => {
    const files = await readdir(join(app, 'node_modules'), { recursive: true });
    expect(files.filter((file) => /\.(ts|map|md|gyp|exe|cc?|h)$/.test(file))).toEqual([]);
    const native = files.filter((file) => file.endsWith('.node')).sort();
    expect(native).toEqual([
      `better-sqlite3/prebuilds/${process.platform}-${process.arch}.node`,
      'keytar/build/Release/keytar.node',
    ]);
  });
});

describe('npm run package', () => {
  async function packaged(of: string) {
    const lines: string[] = [];
    const code = await packageApp({ app: of, electron: undefined, options: [], say: (line) => lines.push(line) });
    return { code, text: lines.join('\n') };
  }

  it('says where Electron is not, after everything else was tried, and packs nothing', async () => {
    const { code, text } = await packaged(app);
    expect(code).toBe(4);
    expect(text).toMatch(/It is whole[^]*inventory: opened[^]*Nothing was packed: Electron's program is not/);
  });

  it('says what is missing', async () => {
    const { code, text } = await packaged(join(folder, 'nowhere'));
    expect(code).toBe(5);
    expect(text).toMatch(/^The staged application lacks package.json, main\/main.mjs, /);
  });
});

describe('the built preload', () => {
  it('is one small file that needs nothing but electron', async () => {
    const files = await readdir(join(app, 'preload'));
    const text = await readFile(join(app, 'preload', 'preload.cjs'), 'utf8');
    expect(files).toEqual(['preload.cjs']);
    expect(text.match(/require\([^)]*\)/g)).toEqual(['require("electron")']);
    expect(text.length).toBeLessThan(8192);
  });

  it('gives a page four functions, and the application a port, and nothing else', async () => {
    const { exposed, sent } = await loadPreload(join(app, 'preload', 'preload.cjs'));
    expect(Object.keys(exposed)).toEqual(['slipway']);
    expect(Object.keys(exposed['slipway'] ?? {}).sort()).toEqual(['call', 'cancel', 'close', 'open']);
    expect(sent.map(({ channel, message, ports }) => [channel, message, ports.length])).toEqual([
      ['slipway.connect', null, 1],
    ]);
  });

  it('calls and cancels, opens and closes', async () => {
    const { bridge, signals } = await loadPreload(join(app, 'preload', 'preload.cjs'));
    const input = { cluster: 'home' };
    expect(await bridge.call({ id: '1', operation: 'clusters.spec', input })).toEqual({
      type: 'result',
      id: '1',
      output: { text: 'kind: Cluster' },
    });

    const hanging = bridge.call({ id: '2', operation: 'runs.list', input });
    bridge.close('2'); // it is a call, not a stream
    bridge.cancel('2');
    expect(await hanging).toMatchObject({ type: 'error', id: '2', error: { code: 'rpc.cancelled' } });

    const numbers: number[] = [];
    const stream = bridge.open({ id: '3', operation: 'runs.log', input: { runId: 'r-1' } }, async ({ n }) => {
      numbers.push(n);
      if (n === 40) bridge.close('3');
    });
    expect(await stream).toMatchObject({ type: 'error', id: '3', error: { code: 'rpc.cancelled' } });
    expect(numbers.slice(0, 40)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, true]);
  });

  it('takes nothing else for a call, and ends what is open when the application goes', async () => {
    const { bridge, drop } = await loadPreload(join(app, 'preload', 'preload.cjs'));
    expect(() => bridge.call({ id: 1, operation: 'clusters.list', input: {} } as never)).toThrow('id and an operation');
    expect(() => bridge.open({ id: 'a', operation: 'runs.log', input: {} }, 'x' as never)).toThrow('reader');
    const open = bridge.call({ id: 'a', operation: 'runs.list', input: { cluster: 'home' } });
    drop();
    await expect(open).rejects.toThrow('the application has ended');
    await expect(bridge.call({ id: 'b', operation: 'clusters.list', input: {} })).rejects.toThrow('has ended');
  });
});

// Packed by the real electron-builder around a program that is not Electron's: all but its start.
describe.runIf(process.platform === 'linux')('the packed application', () => {
  let packed: string;
  let files: readonly Packed[];

  beforeAll(async () => {
    const electron = join(await fakeElectron(join(folder, 'electron')), 'electron');
    const out = join(folder, 'out');
    const options = ['--dir', '--linux', `-c.directories.app=${app}`, `-c.directories.output=${out}`];
    const lines: string[] = [];
    const code = await packageApp({ app, electron, options, say: (line) => lines.push(line) });
    if (code !== 0) throw new Error(lines.join('\n'));
    packed = join(out, process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`);
    files = await filesOfArchive(join(packed, 'resources', 'app.asar'));
  });

  it('has everything in one archive with checksums, but native code beside it', async () => {
    const own = ['main/main.mjs', 'preload/preload.cjs', 'renderer/index.html', 'icons/tray.png', 'package.json'];
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(own));
    expect(files.filter(({ checked, unpacked }) => !checked && !unpacked)).toEqual([]);
    const beside = files.filter(({ unpacked }) => unpacked).map(({ path }) => path);
    expect(beside.filter((path) => !path.endsWith('.node'))).toEqual([]);
    expect(beside).toHaveLength(2);
    for (const path of beside) await access(join(packed, 'resources', 'app.asar.unpacked', path));
  });

  it('starts from what is in it as the staged one does', async () => {
    const extracted = join(folder, 'extracted');
    await extractArchive(join(packed, 'resources', 'app.asar'), extracted);
    expect(await checkApp(extracted)).toBe(await checkApp(app));
  });

  it('has its fuses blown as they are to be', async () => {
    expect(await fusesOf(join(packed, 'slipway-desktop'))).toEqual([
      'cookieEncryption',
      'asarIntegrity',
      'onlyLoadFromAsar',
    ]);
  });

  it('asks nobody for updates', async () => {
    expect(await readdir(join(packed, 'resources'))).toEqual(['app.asar', 'app.asar.unpacked']);
  });
});
