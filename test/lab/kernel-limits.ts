import { readFile, writeFile } from 'node:fs/promises';
import type { Progress } from './progress.ts';

/**
 * Limits per user over all containers: every systemd, kubelet and containerd takes some, and with the kernel's 128
 * inotify instances the tenth machine's systemd ends at once, without a word.
 */
const needed = {
  'fs/inotify/max_user_instances': 8192,
  'fs/inotify/max_user_watches': 1_048_576,
} as const;

/** Raises what is too low, until this computer restarts. */
export async function raiseKernelLimits(progress: Progress): Promise<void> {
  for (const [name, value] of Object.entries(needed)) {
    const file = `/proc/sys/${name}`;
    const found = Number(await readFile(file, 'utf8'));
    if (found >= value) continue;
    await writeFile(file, String(value));
    progress.note(`raised ${name.replaceAll('/', '.')} of this computer from ${found} to ${value}`);
  }
}
