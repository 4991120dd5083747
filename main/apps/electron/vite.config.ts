import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/**
 * Copied beside the bundle as they are (test/scripts/package/copy-modules.ts): the first two have native code, the others
 * look for files beside their own and try optional parts of theirs.
 */
export const copiedModules = ['better-sqlite3', 'keytar', 'dockerode', 'ssh2'] as const;

/** The application's own process as one file for Electron's Node; the staged application is `dist/app`. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  ssr: { noExternal: true, external: ['electron', ...copiedModules] },
  build: {
    ssr: 'main.ts',
    outDir: fileURLToPath(new URL('../../../dist/app/main', import.meta.url)),
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      external: ['electron', ...copiedModules],
      output: { format: 'es', entryFileNames: 'main.mjs' },
    },
  },
});
