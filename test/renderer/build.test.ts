// @vitest-environment node
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const renderer = fileURLToPath(new URL('../../renderer', import.meta.url));
let folder = '';
let html = '';
/** By file name, wherever in the folder. */
let files: ReadonlyMap<string, string> = new Map();
const ofType = (end: string) => [...files].filter(([name]) => name.endsWith(end)).map(([, text]) => text);

/** What `npm run build` makes, in a folder of its own. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-renderer-'));
  await build({
    root: renderer,
    configFile: join(renderer, 'vite.config.ts'),
    logLevel: 'silent',
    build: { outDir: folder },
  });
  html = await readFile(join(folder, 'index.html'), 'utf8');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const read = async (path: string) => [basename(path), await readFile(path, 'utf8')] as const;
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  files = new Map(await Promise.all(paths.map(read)));
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file and all that it imports before it runs: not what it fetches later by `import()`. */
function withImports(first: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const waiting = [...first];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const text = files.get(name) ?? '';
    waiting.push(...[...text.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+)["']/g)].map(([, file = '']) => file));
  }
  return [...found].filter((name) => name.endsWith('.js'));
}

/** Of the scripts that the page names, and what it has the browser fetch beside them. */
const namedByPage = () =>
  [...html.matchAll(/(?:src|href)="\.\/(?:assets\/)?([^"]+\.js)"/g)].map(([, name = '']) => name);
const gzipped = (names: readonly string[]) =>
  names.reduce((sum, name) => sum + gzipSync(files.get(name) ?? '').byteLength, 0);

describe('the built renderer', () => {
  it('runs at most 150 KB of JavaScript, gzipped, before its first page is there', () => {
    const initial = withImports(namedByPage());
    expect(initial.length).toBeGreaterThan(1);
    expect(gzipped(initial)).toBeGreaterThan(10_000);
    expect(gzipped(initial)).toBeLessThanOrEqual(150 * 1024);
  });

  it('fetches no other page with the first one', () => {
    const pages = [...files.keys()].filter((name) => /^\w+Page-.+\.js$/.test(name));
    expect(pages.length).toBeGreaterThanOrEqual(8);
    const initial = new Set(withImports(namedByPage()));
    expect(pages.filter((name) => initial.has(name))).toEqual([]);
  });

  it('asks for at most as much again when somebody goes to another page', () => {
    const initial = new Set(withImports(namedByPage()));
    const pages = [...files.keys()].filter((name) => /^\w+Page-.+\.js$/.test(name));
    const tooLarge = pages.filter(
      (page) => gzipped(withImports([page]).filter((name) => !initial.has(name))) > 150 * 1024,
    );
    expect(tooLarge).toEqual([]);
  });

  it('paints its frame before any script of it has come', () => {
    expect(html).toMatch(/<div id="app"[^>]*>\s*<div/);
    expect(html.match(/<script(?![^>]*type="module")[^>]*>/g)).toEqual([expect.stringContaining('./first-paint.js')]);
  });

  it('has no inline script or style, and loads only files of its own', () => {
    expect(html.match(/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=/g)).toBeNull();
    expect(html.match(/(?:src|href)="(?!\.\/)[^"]*"/g)).toBeNull();
  });

  it('makes no code from text, which the content security policy would refuse', () => {
    expect(ofType('.js').flatMap((text) => text.match(/\beval\(|new Function\(|\bFunction\("/g) ?? [])).toEqual([]);
  });

  it('has no static style attributes in its templates', () => {
    expect(ofType('.js').flatMap((text) => text.match(/<[a-z][^<>]* style="[^"]*"/g) ?? [])).toEqual([]);
  });

  it('names no address but those of XML namespaces, examples and documentation', () => {
    const addresses = [...files.values()].flatMap(
      (text) => text.match(/\b(?:https?|wss?):\/\/(?:[\w-]+@)?[\w.-]+/g) ?? [],
    );
    // Nobody has a host below example.com (RFC 2606), and the others stand in comments and error texts.
    const harmless = /^http:\/\/www\.w3\.org$|^https:\/\/(svelte\.dev|tailwindcss\.com)$|[/@.]example\.com$/;
    expect([...new Set(addresses)].filter((address) => !harmless.test(address))).toEqual([]);
  });

  it('asks for nothing by an address, not even one of these', () => {
    const asked = [...files.values()].flatMap(
      (text) =>
        text.match(
          /(?:url\(|@import\s|\bfetch\(|\bimport\(|\bfrom\s*|\.(?:src|href)\s*=|(?:src|href)=|EventSource\(|WebSocket\(|sendBeacon\()\s*["'`]?(?:(?:https?|wss?):)?\/\/[^"'`)\s]*/g,
        ) ?? [],
    );
    expect(asked).toEqual([]);
  });
});
