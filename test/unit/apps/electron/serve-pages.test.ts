import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servePages } from '#main/apps/electron/serve-pages.ts';
import { readStaticFiles } from '#main/apps/static-files.ts';

let folder: string;
let answer: ReturnType<typeof servePages>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-pages-'));
  await mkdir(join(folder, 'pages', 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.json'), '{}');
  await writeFile(join(folder, 'pages', 'index.html'), '<p>Slipway</p>');
  await writeFile(join(folder, 'pages', 'assets', 'index-B4x_9Qd2.js'), 'start()');
  await writeFile(join(folder, 'pages', 'notes.txt'), 'not for pages');
  answer = servePages(await readStaticFiles(join(folder, 'pages')));
});

afterAll(() => rm(folder, { recursive: true }));

const get = (url: string, method = 'GET') => answer({ url, method });

describe('app://slipway', () => {
  it.each([
    { url: 'app://slipway/', type: 'text/html; charset=utf-8', text: '<p>Slipway</p>' },
    { url: 'app://slipway/#/clusters', type: 'text/html; charset=utf-8', text: '<p>Slipway</p>' },
    { url: 'app://slipway/assets/index-B4x_9Qd2.js', type: 'text/javascript; charset=utf-8', text: 'start()' },
  ])('serves $url with its type', async ({ url, type, text }) => {
    const response = get(url);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, type, text]);
  });

  it.each([
    ['app://slipway/../secret.json', 404],
    ['app://slipway/%2e%2e/secret.json', 404],
    ['app://slipway/..%2fsecret.json', 404],
    ['app://slipway/assets/..%5c..%5csecret.json', 404],
    ['app://slipway//etc/passwd', 404],
    ['app://slipway/notes.txt', 404],
    ['app://slipway/%00', 404],
    ['app://slipway/%zz', 404],
    ['app://slipway/toString', 404],
    ['app://elsewhere/index.html', 403],
    ['app://slipway.example.com/', 403],
    ['https://slipway/', 403],
    ['file:///etc/passwd', 403],
    ['nonsense', 403],
  ])('does not serve %s', async (url, status) => {
    const response = get(url);
    expect([response.status, await response.text()]).toEqual([status, '']);
  });

  it('answers GET and HEAD only', async () => {
    expect(get('app://slipway/', 'POST').status).toBe(405);
    expect([get('app://slipway/', 'HEAD').status, await get('app://slipway/', 'HEAD').text()]).toEqual([200, '']);
  });

  it('sends the policy with every answer, a refusal as well', () => {
    for (const url of ['app://slipway/', 'app://slipway/gone', 'nonsense']) {
      const { headers } = get(url);
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe|https?:|\*/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});
