import { defineConfig } from 'vite';

/** A sandboxed preload is one CommonJS file that can require `electron` and hardly anything else. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    minify: false,
    reportCompressedSize: false,
    lib: { entry: 'preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
});
