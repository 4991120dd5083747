// @vitest-environment node
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const renderer = fileURLToPath(new URL('../../renderer', import.meta.url));
let folder = '';
let html = '';
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
  const names = await readdir(join(folder, 'assets'));
  const read = async (name: string) => [name, await readFile(join(folder, 'assets', name), 'utf8')] as const;
  files = new Map(await Promise.all(names.map(read)));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the built renderer', () => {
  it('has at most 150 KB of JavaScript, gzipped', () => {
    const bytes = ofType('.js').reduce((sum, text) => sum + gzipSync(text).byteLength, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(150 * 1024);
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
    const addresses = [...ofType('.js'), ...ofType('.css')].flatMap((text) => text.match(/https?:\/\/[\w.-]+/g) ?? []);
    const harmless = ['http://www.w3.org', 'https://svelte.dev', 'https://tailwindcss.com'];
    expect([...new Set(addresses)].filter((address) => !harmless.includes(address))).toEqual([]);
  });
});
