import { createHash } from 'node:crypto';
import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inRegistry } from '../images.ts';
import { defineArtefact } from './artefact.ts';
import { imageList, type ImageRecipe } from './image-recipes.ts';
import { blobOf, readLayer, type LayerBlob } from './layer.ts';

const layers = [...new Set(imageList.flatMap(({ recipe }) => recipe.layers))];
const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

/** `format`: raise it when what is written below changes. */
const format = 2;
const recipe = imageList.map((image) => ({
  reference: image.reference,
  config: image.recipe.config,
  layers: image.recipe.layers.map((layer) => layer.key),
}));

/**
 * The registries' storage, written as docker-registry keeps it (distribution's `docs/storage-drivers`, layout 2, which
 * has not changed since 2015) instead of pushed: layers are hard links, so it is there in a blink, and two clones
 * whose images differ have one each.
 */
export const registryStore = defineArtefact(
  'registry',
  { recipe, architecture, format },
  layers,
  async (folder, detail) => {
    const root = join(folder, 'docker/registry/v2');
    const blobs = new Map<string, LayerBlob>();
    for (const layer of layers) {
      const blob = await readLayer(layer);
      blobs.set(layer.key, blob);
      const place = await placeOf(root, blob.digest);
      await link(blobOf(layer), place);
    }
    for (const image of imageList) {
      detail(image.reference);
      const parts = image.recipe.layers.map((layer) => {
        const blob = blobs.get(layer.key);
        if (!blob) throw new Error(`${layer.name} is not built.`);
        return blob;
      });
      await addImage(root, image.reference, image.recipe, parts);
    }
  },
);

/** Docker's own image format, not OCI's: every Docker that a machine may have reads it. */
async function addImage(root: string, reference: string, image: ImageRecipe, parts: LayerBlob[]): Promise<void> {
  const config = await addBlob(root, {
    architecture,
    os: 'linux',
    created: new Date(0).toISOString(),
    // Without the name three images would be equal to the byte, and one digest would stand for all of them.
    config: { ...image.config, Labels: { 'org.opencontainers.image.ref.name': reference } },
    rootfs: { type: 'layers', diff_ids: parts.map(({ diffId }) => diffId) },
    history: parts.map(() => ({ created: new Date(0).toISOString() })),
  });
  const type = 'application/vnd.docker';
  const manifest = await addBlob(root, {
    schemaVersion: 2,
    mediaType: `${type}.distribution.manifest.v2+json`,
    config: { mediaType: `${type}.container.image.v1+json`, ...config },
    layers: parts.map(({ digest, size }) => ({ mediaType: `${type}.image.rootfs.diff.tar.gzip`, size, digest })),
  });
  const { repository, tag } = inRegistry(reference);
  const folder = join(root, 'repositories', repository);
  for (const { digest } of [...parts, config]) await writeLink(join(folder, '_layers', asFolder(digest)), digest);
  const manifests = join(folder, '_manifests');
  await writeLink(join(manifests, 'revisions', asFolder(manifest.digest)), manifest.digest);
  await writeLink(join(manifests, 'tags', tag, 'current'), manifest.digest);
  await writeLink(join(manifests, 'tags', tag, 'index', asFolder(manifest.digest)), manifest.digest);
}

async function addBlob(root: string, content: object): Promise<{ digest: string; size: number }> {
  const bytes = Buffer.from(JSON.stringify(content));
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  await writeFile(await placeOf(root, digest), bytes);
  return { digest, size: bytes.length };
}

async function placeOf(root: string, digest: string): Promise<string> {
  const hex = digest.slice('sha256:'.length);
  const folder = join(root, 'blobs/sha256', hex.slice(0, 2), hex);
  await mkdir(folder, { recursive: true });
  return join(folder, 'data');
}

async function writeLink(folder: string, digest: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'link'), digest);
}

function asFolder(digest: string): string {
  return digest.replace(':', '/');
}
