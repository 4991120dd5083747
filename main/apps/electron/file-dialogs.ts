import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FileDialogs, FileFilter } from '#main/api/service/file-dialogs.ts';
import { desktopErrors } from '#shared/errors/desktop.ts';

/** Of Electron's dialog. */
export interface SystemDialogs {
  showOpenDialog(options: {
    readonly properties: 'openFile'[];
    readonly filters: FileFilter[];
  }): Promise<{ readonly canceled: boolean; readonly filePaths: readonly string[] }>;
  showSaveDialog(options: {
    readonly defaultPath: string;
    readonly filters: FileFilter[];
  }): Promise<{ readonly canceled: boolean; readonly filePath: string }>;
}

/** As the contract's longest document. */
const mostBytes = 1024 * 1024;

/**
 * Files that the person chooses in the system's own dialog: a page never names a path, it is told a name and given a
 * text. @throws `desktop.not_readable`, `desktop.not_writable`
 */
export function fileDialogs(dialog: SystemDialogs, folder: string): FileDialogs {
  return {
    async openText(filters) {
      const { canceled, filePaths } = await dialog.showOpenDialog({ properties: ['openFile'], filters: [...filters] });
      const [path] = filePaths;
      if (canceled || path === undefined) return undefined;
      return { name: basename(path), text: await readText(path) };
    },

    async saveText(suggestedName, text, filters) {
      const defaultPath = join(folder, plainName(suggestedName));
      const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath, filters: [...filters] });
      if (canceled || filePath === '') return undefined;
      await writeText(filePath, text);
      return filePath;
    },
  };
}

async function readText(path: string): Promise<string> {
  const name = basename(path);
  try {
    if ((await stat(path)).size > mostBytes) throw new Error('it is larger than 1 MiB');
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    throw desktopErrors.not_readable({ name, reason: reasonOf(cause) }, { cause });
  }
}

/** Whole or not at all, and for its owner only: a kubeconfig is a key. */
async function writeText(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw desktopErrors.not_writable({ name: basename(path), reason: reasonOf(cause) }, { cause });
  }
}

/** A page suggests a name, never a folder. */
function plainName(suggested: string): string {
  const name = suggested
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, '-')
    .replace(/^\.+/, '')
    .slice(0, 100);
  return name === '' ? 'slipway.txt' : name;
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
