import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '#shared/contract/index.ts';
import { storeErrors } from '#shared/errors/store.ts';
import { open } from './page.ts';
import { scriptedClient } from './scripted-client.ts';

const kept: Settings = {
  theme: 'system',
  registries: [],
  proxy: null,
  checkForUpdates: false,
  whenRunsOnQuit: 'ask',
  healthDeadlineSeconds: 10,
};
const clusters = { 'clusters.list': () => [] };
const shown = () => document.documentElement.dataset['theme'];
const firstPaint = join(import.meta.dirname, '../../renderer/public/first-paint.js');

beforeEach(() => {
  localStorage.clear();
  delete document.documentElement.dataset['theme'];
});
afterEach(cleanup);

describe('the appearance', () => {
  it('is what the host keeps, whatever this browser remembers', async () => {
    localStorage.setItem('slipway.theme', 'dark');
    open(scriptedClient({ ...clusters, 'settings.get': () => ({ ...kept, theme: 'contrast' }) }), '');
    expect(shown()).toBe('dark');
    await waitFor(() => expect(shown()).toBe('contrast'));
    expect(localStorage.getItem('slipway.theme')).toBe('contrast');
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Appearance' }).value).toBe('contrast');
  });

  it('is kept by the host when somebody chooses another one, and shown at once', async () => {
    const client = scriptedClient({
      ...clusters,
      'settings.update': ({ theme }) => ({ ...kept, ...(theme && { theme }) }),
    });
    open(client, '');
    await fireEvent.change(screen.getByRole('combobox', { name: 'Appearance' }), { target: { value: 'light' } });
    expect(shown()).toBe('light');
    await waitFor(() =>
      expect(client.asked).toContainEqual({ operation: 'settings.update', input: { theme: 'light' } }),
    );
  });

  it('is told where it cannot be kept', async () => {
    const error = storeErrors.disk_full({ path: '/home/me' });
    open(scriptedClient({ ...clusters, 'settings.update': () => Promise.reject(error) }), '');
    await fireEvent.change(screen.getByRole('combobox', { name: 'Appearance' }), { target: { value: 'light' } });
    expect(await screen.findByText(error.data.cause)).toBeTruthy();
  });

  it('follows the system again when that is chosen', async () => {
    localStorage.setItem('slipway.theme', 'dark');
    const client = scriptedClient({
      ...clusters,
      'settings.get': () => ({ ...kept, theme: 'dark' }),
      'settings.update': () => kept,
    });
    open(client, '');
    await fireEvent.change(screen.getByRole('combobox', { name: 'Appearance' }), { target: { value: 'system' } });
    expect(shown()).toBeUndefined();
  });

  it.each([
    { remembered: 'light', painted: 'light' },
    { remembered: 'contrast', painted: 'contrast' },
    { remembered: 'system', painted: undefined },
    { remembered: '" onload="', painted: undefined },
  ])('is painted as $painted at first where the browser remembers $remembered', async ({ remembered, painted }) => {
    localStorage.setItem('slipway.theme', remembered);
    window.eval(`(() => {${await readFile(firstPaint, 'utf8')}})()`);
    expect(shown()).toBe(painted);
  });
});
