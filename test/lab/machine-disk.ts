import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { folders } from './folders.ts';
import { volumeFolders } from './machine-container.ts';

/**
 * A disk of its own for a machine: a sparse file with a file system, so that "disk full" can be made without filling
 * this computer's. Answers where it is mounted.
 */
export async function createDisk(lab: string, machine: string, sizeGiB: number): Promise<string> {
  const { image, mountPoint } = placesOf(lab, machine);
  await mkdir(mountPoint, { recursive: true });
  await using file = await open(image, 'w');
  await file.truncate(sizeGiB * 2 ** 30);
  await run(['mkfs.ext4', '-q', '-m', '0', '-E', 'lazy_itable_init=1,lazy_journal_init=1', image]);
  await run(['mount', '-o', 'loop', image, mountPoint]);
  for (const folder of volumeFolders) await mkdir(join(mountPoint, folder), { recursive: true });
  return mountPoint;
}

/** No error when there is none. The loop device goes with the last unmount. */
export async function removeDisk(lab: string, machine: string): Promise<void> {
  const { image, mountPoint } = placesOf(lab, machine);
  await run(['sh', '-c', '! mountpoint -q "$1" || umount "$1"', 'sh', mountPoint]);
  await rm(mountPoint, { recursive: true, force: true });
  await rm(image, { force: true });
}

function placesOf(lab: string, machine: string): { readonly image: string; readonly mountPoint: string } {
  const folder = join(folders.labs, lab);
  return { image: join(folder, `${machine}.disk`), mountPoint: join(folder, `${machine}.mnt`) };
}
