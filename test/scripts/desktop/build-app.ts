import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';
import { copiedModules } from '#main/apps/electron/vite.config.ts';
import { copyModules } from './copy-modules.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Where electron-builder.yml looks for it. */
export const stagedApp = join(root, 'dist', 'app');

/** Pages, preload and the application's own process, built into one folder that Electron can start. */
export async function buildApp(folder: string = stagedApp): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await vite('renderer/vite.config.ts', join(folder, 'renderer'));
  await vite('preload/vite.config.ts', join(folder, 'preload'));
  await vite('main/apps/electron/vite.config.ts', join(folder, 'main'));
  await cp(join(root, 'main/apps/electron/resources/icons'), join(folder, 'icons'), { recursive: true });
  const versions = await copyModules(copiedModules, join(root, 'node_modules'), join(folder, 'node_modules'));
  const { name, version, description, license } = await readManifest();
  const manifest = {
    name,
    productName: 'Slipway',
    version,
    description,
    license,
    author: 'Slipway <desktop@slipway.dev>',
    homepage: 'https://slipway.dev',
    type: 'module',
    main: 'main/main.mjs',
    dependencies: Object.fromEntries(copiedModules.map((module) => [module, versions.get(module)])),
  };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function vite(config: string, outDir: string): Promise<void> {
  const options: InlineConfig = { configFile: join(root, config), logLevel: 'warn', build: { outDir } };
  await build(options);
}

async function readManifest(): Promise<Readonly<Record<'name' | 'version' | 'description' | 'license', string>>> {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
}
