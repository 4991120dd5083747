import { defineConfig } from '@playwright/test';
import type { RunnerOptions } from '../e2e/fixtures/test.ts';

/** One project per suite of `npm test`. The same specs twice: in Chromium over the web host, and in Electron. */
export default defineConfig<RunnerOptions>({
  testDir: '../e2e',
  outputDir: '../../test-results/e2e',
  globalSetup: '../e2e/build-pages.ts',
  // A test that passes at the second attempt has found something.
  retries: 0,
  reporter: [['list'], ['json', { outputFile: process.env['SLIPWAY_REPORT_FILE'] ?? '../../test-results/e2e.json' }]],
  forbidOnly: true,
  workers: 2,
  fullyParallel: true,
  // A deadline against hanging only: on a busy box everything is slow, and that is no failure.
  timeout: 2 * 60_000,
  expect: { timeout: 20_000 },
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    actionTimeout: 20_000,
  },
  projects: [
    { name: 'browser', testDir: '../e2e/specs', use: { runner: 'web' } },
    // Tabs, tokens and addresses are the web host's.
    { name: 'desktop', testDir: '../e2e/specs', testIgnore: '**/web/**', use: { runner: 'electron' } },
    {
      name: 'browser-lab',
      testDir: '../e2e/lab-specs',
      workers: 1,
      timeout: 20 * 60_000,
      use: { runner: 'web' },
    },
  ],
});
