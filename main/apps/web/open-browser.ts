import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writePrivate } from './state-file.ts';

/**
 * Opens the address in the person's browser, by a small page of their own: every user of the computer can read the
 * arguments of a process, and the address lets one in. Answers how to remove that page.
 */
export function openBrowser(home: string, url: string): () => void {
  const path = join(home, 'open-in-browser.html');
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${url}"><a href="${url}">Slipway</a>\n`;
  writePrivate(home, path, page);
  const [command, ...before] = opener();
  const child = spawn(command, [...before, pathToFileURL(path).href], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined); // the address is printed, too
  child.unref();
  return () => rmSync(path, { force: true });
}

/** Whether there is a screen to open it on. */
export function hasScreen(env: Readonly<Record<string, string | undefined>>): boolean {
  if (process.platform !== 'linux') return env['SSH_CONNECTION'] === undefined;
  return Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
}

function opener(): readonly [string, ...string[]] {
  switch (process.platform) {
    case 'darwin':
      return ['open'];
    case 'win32':
      return ['explorer.exe'];
    default:
      return ['xdg-open'];
  }
}
