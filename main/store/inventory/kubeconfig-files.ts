import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { KubeconfigPort } from '#main/cluster/ports.ts';
import { storeErrors } from '#shared/errors/store.ts';
import { failureCode } from '#main/store/failure-code.ts';

/** The person's own kubeconfig files. A reader sees the old file or the new one, never half of one. */
export function kubeconfigFiles(): KubeconfigPort {
  return {
    async read(path) {
      try {
        return await readFile(path, 'utf8');
      } catch (cause) {
        if (failureCode(cause) === 'ENOENT') return undefined;
        throw storeErrors.unusable({ path, reason: failureCode(cause) });
      }
    },
    async write(path, yaml) {
      try {
        await replace(await realFile(path), yaml);
      } catch (cause) {
        throw storeErrors.unusable({ path, reason: failureCode(cause) });
      }
    },
  };
}

/** Behind a symbolic link (`~/.kube/config` is one for many) the file is replaced, not the link. */
async function realFile(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    return await realpath(path);
  } catch (cause) {
    if (failureCode(cause) !== 'ENOENT') throw cause;
    return join(await realpath(dirname(path)), basename(path));
  }
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`; // same folder: a rename over file systems is not atomic
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Makes the rename itself survive a power cut. Windows cannot open folders, and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
