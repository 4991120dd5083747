import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '../folders.ts';
import { lock } from '../lock.ts';
import type { Progress } from '../progress.ts';

/** Something that takes long to make and depends on nothing but its recipe. */
export interface Artefact {
  readonly name: string;
  /** Of the recipe and of all it needs: equal keys mean equal content, in whatever clone. */
  readonly key: string;
  readonly needs: readonly Artefact[];
  /** Makes it in an empty folder. Everything in `needs` is there already: ask `folderOf`. */
  build(folder: string, detail: (text: string) => void): Promise<void>;
}

/** @param recipe All that decides what comes out, as plain data: sources, versions, commands. */
export function defineArtefact(
  name: string,
  recipe: unknown,
  needs: readonly Artefact[],
  build: Artefact['build'],
): Artefact {
  const key = createHash('sha256')
    .update(JSON.stringify([name, recipe, needs.map((needed) => needed.key)]))
    .digest('hex')
    .slice(0, 16);
  return { name, key, needs, build };
}

export function folderOf(artefact: Artefact): string {
  return join(folders.artefacts, `${artefact.name}-${artefact.key}`);
}

export function isBuilt(artefact: Artefact): boolean {
  return existsSync(folderOf(artefact));
}

/**
 * Builds what is missing, one after another: a Go build alone keeps every core busy. Each comes into being by one
 * rename, and two processes that want the same one share the work.
 */
export async function ensureBuilt(artefact: Artefact, progress: Progress): Promise<string> {
  const folder = folderOf(artefact);
  if (isBuilt(artefact)) return folder;
  for (const needed of artefact.needs) await ensureBuilt(needed, progress);
  await using _held = await lock(`artefact/${folder}`, (pid) =>
    progress.note(`${artefact.name}: process ${pid} builds it`),
  );
  if (isBuilt(artefact)) return folder;
  await mkdir(folders.artefacts, { recursive: true });
  const unfinished = await mkdtemp(join(folders.artefacts, `.${artefact.name}-`));
  try {
    await progress.step(`build ${artefact.name}`, (detail) => artefact.build(unfinished, detail));
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}
