import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../renderer', import.meta.url));

/** What a person gets: the built pages, as they are served, and not a development server's. */
async function buildRenderer(): Promise<void> {
  await build({ root, configFile: `${root}/vite.config.ts`, logLevel: 'warn' });
}

// Playwright asks for the default export of its global setup.
export default buildRenderer; // eslint-disable-line no-restricted-syntax
