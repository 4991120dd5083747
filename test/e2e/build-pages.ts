import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { buildApp } from '#test/scripts/desktop/build-app.ts';
import { electronBinary } from './electron-binary.ts';

const root = fileURLToPath(new URL('../../renderer', import.meta.url));

/** What a person gets: the built pages, as they are served, and not a development server's. */
async function buildPages(): Promise<void> {
  await build({ root, configFile: `${root}/vite.config.ts`, logLevel: 'error' });
  if (electronBinary() !== undefined) await buildApp();
}

// Playwright asks for the default export of its global setup.
export default buildPages; // eslint-disable-line no-restricted-syntax
