import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { defineArtefact, folderOf, type Artefact } from './artefact.ts';

/** One layer of an image. Its artefact folder holds `blob` and a description. */
export interface LayerBlob {
  /** Of the compressed file, by which a registry knows it. */
  readonly digest: string;
  readonly size: number;
  /** Of the tar archive within, by which an image knows it. */
  readonly diffId: string;
}

export interface LayerFile {
  /** Absolute, in the image. */
  readonly path: string;
  readonly content:
    | { readonly kind: 'built'; readonly by: Artefact; readonly file: string }
    | { readonly kind: 'text'; readonly text: string; readonly mode?: number }
    | { readonly kind: 'link'; readonly to: string }
    | { readonly kind: 'folder'; readonly mode: number };
}

export function built(path: string, by: Artefact, file: string): LayerFile {
  return { path, content: { kind: 'built', by, file } };
}

export function text(path: string, content: string, mode = 0o644): LayerFile {
  return { path, content: { kind: 'text', text: content, mode } };
}

export function link(path: string, to: string): LayerFile {
  return { path, content: { kind: 'link', to } };
}

export function emptyFolder(path: string, mode = 0o755): LayerFile {
  return { path, content: { kind: 'folder', mode } };
}

export function filesLayer(name: string, files: readonly LayerFile[]): Artefact {
  const needs = [...new Set(files.flatMap(({ content }) => (content.kind === 'built' ? [content.by] : [])))];
  const recipe = files.map(({ path, content }) =>
    content.kind === 'built' ? { path, built: [content.by.name, content.file] } : { path, content },
  );
  return stagedLayer(name, recipe, needs, async (root) => {
    for (const { path, content } of files) await put(join(root, path), content);
  });
}

/** @param stage Fills an empty folder with what the layer adds. */
export function stagedLayer(
  name: string,
  recipe: unknown,
  needs: readonly Artefact[],
  stage: (root: string, detail: (text: string) => void) => Promise<void>,
): Artefact {
  return defineArtefact(`layer-${name}`, recipe, needs, async (folder, detail) => {
    const root = join(folder, 'root');
    await mkdir(root);
    await stage(root, detail);
    detail('packing');
    await writeFile(join(folder, 'layer.json'), JSON.stringify(await pack(root, join(folder, 'blob'))));
    await rm(root, { recursive: true });
  });
}

export function blobOf(layer: Artefact): string {
  return join(folderOf(layer), 'blob');
}

export async function readLayer(layer: Artefact): Promise<LayerBlob> {
  return JSON.parse(await readFile(join(folderOf(layer), 'layer.json'), 'utf8'));
}

async function put(path: string, content: LayerFile['content']): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  switch (content.kind) {
    case 'built':
      await copyFile(join(folderOf(content.by), content.file), path);
      await chmod(path, 0o755);
      return;
    case 'text':
      await writeFile(path, content.text);
      await chmod(path, content.mode ?? 0o644);
      return;
    case 'link':
      await symlink(content.to, path);
      return;
    case 'folder':
      await mkdir(path, { recursive: true });
      await chmod(path, content.mode);
  }
}

/** Sorted, without times and owners: equal files make an equal digest, wherever and whenever they are packed. */
async function pack(root: string, blob: string): Promise<LayerBlob> {
  const plain = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  const tar = spawn('tar', [...plain, '-C', root, '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(tar, 'close');
  const inside = new HashThrough();
  const outside = new HashThrough();
  await pipeline(tar.stdout, inside, createGzip(), outside, createWriteStream(blob));
  const [code] = await ended;
  if (code !== 0) throw new Error(`tar of ${root} ended with ${code}.`);
  return { digest: outside.digest(), size: (await stat(blob)).size, diffId: inside.digest() };
}

class HashThrough extends Transform {
  readonly #hash = createHash('sha256');

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk);
    done(null, chunk);
  }

  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`;
  }
}
