import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

export interface StaticFile {
  readonly content: Buffer;
  readonly type: string;
  /** Its name holds a hash of what is in it: it never changes. */
  readonly immutable: boolean;
}

/** By path of the URL, with a slash in front. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** As Vite names what it has built: `index-B4x_9Qd2.js`. */
const hashed = /^\/assets\/.+-[\w-]{8,}\.\w+$/;

/**
 * All files of the built renderer, read once: a megabyte at most. What is served is what was found here, by its exact
 * path, so no path of a request ever reaches the file system. Empty where nothing was built.
 */
export async function readStaticFiles(folder: string): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>();
  for await (const path of below(folder, '')) {
    const type = types[extname(path)];
    if (type === undefined) continue;
    files.set(path, { content: await readFile(join(folder, path)), type, immutable: hashed.test(path) });
  }
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  return files;
}

/** Folder by folder: inside the desktop application's archive Electron stands in for the file system, and knows no more. */
async function* below(folder: string, path: string): AsyncGenerator<string, void> {
  const entries = await readdir(join(folder, path), { withFileTypes: true }).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  });
  for (const entry of entries) {
    const own = `${path}/${entry.name}`;
    if (entry.isDirectory()) yield* below(folder, own);
    else if (entry.isFile()) yield own;
  }
}
