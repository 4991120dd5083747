import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    // As quick to start as threads on two cores, and native modules (SQLite, keytar) get a process of their own.
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/engine/**/*.test.ts'],
          exclude: ['test/unit/**/kill-*.test.ts'],
          maxWorkers: 2,
          // A deadline against hanging only: on a busy box everything is slow, and that is no failure.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        // Every phase killed at every call: too long for `npm run check`.
        test: { name: 'kill', include: ['test/unit/**/kill-*.test.ts'], testTimeout: 2 * 60_000 },
      },
      {
        extends: true,
        // One suite over every transport of the contract, and the web host over real HTTP.
        test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'] },
      },
      {
        extends: true,
        // Pages in jsdom, with a client that answers from a script; and what Vite makes of them.
        plugins: [svelte({ configFile: false }), svelteTesting()],
        test: {
          name: 'component',
          include: ['test/renderer/**/*.test.ts'],
          environment: 'jsdom',
          setupFiles: ['test/renderer/setup.ts'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        // What the desktop application is packaged from: built, staged, started without Electron, packed.
        test: {
          name: 'electron',
          include: ['test/electron/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 3 * 60_000,
          hookTimeout: 3 * 60_000,
        },
      },
      {
        extends: true,
        // A real keychain daemon in a D-Bus session of its own.
        test: {
          name: 'keychain',
          include: ['test/keychain/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 2 * 60_000,
          hookTimeout: 2 * 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          include: ['test/lab-tests/**/*.test.ts', 'test/cluster/**/*.test.ts'],
          // Two labs side by side: while one waits for packages or a roll-out, the other works.
          maxWorkers: 2,
          testTimeout: 15 * 60_000,
          hookTimeout: 15 * 60_000,
        },
      },
      {
        extends: true,
        // Against the vCenter of the lab: a process of its own per test file, and no Docker.
        test: {
          name: 'vsphere',
          include: ['test/vsphere/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 10 * 60_000,
        },
      },
      {
        extends: true,
        // The adapters against real sshd, Docker and lab machines.
        test: {
          name: 'machine',
          include: ['test/machines/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 2 * 60_000,
          hookTimeout: 2 * 60_000,
        },
      },
    ],
  },
});
