import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { OutputOf } from '#shared/contract/index.ts';
import { storeErrors } from '#shared/errors/store.ts';
import { open } from './page.ts';
import { scriptedClient } from './scripted-client.ts';

const home = { id: 'c-1', name: 'home', release: 'v1.36.3', machines: 1 };
const preview: OutputOf<'diagnostics.preview'> = {
  files: [
    { name: 'version.json', bytes: 20, text: '{ "slipway": "0.1" }' },
    { name: 'clusters/home/log.ndjson', bytes: 5_000_000, text: 'the last lines' },
  ],
  leftOut: ['The logs of 3 older runs'],
};
const bundle = { fileName: 'slipway-diagnostics.tar.gz', base64: btoa('\u001f\u008b-bytes') };
const host = { 'clusters.list': () => [home], 'diagnostics.preview': () => preview };
const press = async (name: string) => fireEvent.click(await screen.findByRole('button', { name }));

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('the support bundle', () => {
  it('shows every file with its size and content, and what was left out, before it is made', async () => {
    const client = scriptedClient(host);
    open(client, '#/diagnostics');
    const files = await screen.findByRole('list', { name: 'Files' });
    expect(screen.getByText('2 files, 4.8 MiB')).toBeTruthy();
    expect(within(files).getAllByRole('listitem')).toHaveLength(2);
    expect(within(screen.getByRole('list', { name: 'Left out' })).getByText('The logs of 3 older runs')).toBeTruthy();
    expect(screen.queryByText('the last lines')).toBeNull();
    const log = within(files).getByText('clusters/home/log.ndjson').closest('details');
    if (!log) throw new Error('no details');
    log.open = true;
    expect(await screen.findByText('the last lines')).toBeTruthy();
    expect(screen.getByText('The first 14 B are shown.')).toBeTruthy();
    expect(client.asked.map(({ operation }) => operation)).not.toContain('diagnostics.bundle');
  });

  it('is of one cluster when somebody chooses one, and then of that one only', async () => {
    const client = scriptedClient({ ...host, 'diagnostics.bundle': () => bundle });
    vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
    vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
    open(client, '#/diagnostics');
    await screen.findByRole('option', { name: 'home' });
    await fireEvent.change(screen.getByLabelText('What to include'), { target: { value: 'home' } });
    await press('Save the bundle');
    await screen.findByText('Saved as slipway-diagnostics.tar.gz.');
    const about = client.asked.filter(({ operation }) => operation.startsWith('diagnostics.'));
    expect(about.map(({ input }) => input)).toEqual([{}, { cluster: 'home' }, { cluster: 'home' }]);
  });

  it('is saved byte for byte', async () => {
    const created = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
    vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
    open(scriptedClient({ ...host, 'diagnostics.bundle': () => bundle }), '#/diagnostics');
    await press('Save the bundle');
    await waitFor(() => expect(created).toHaveBeenCalled());
    const [blob] = created.mock.calls[0] ?? [];
    if (!(blob instanceof Blob)) throw new Error('no blob');
    expect([...(await blob.bytes())]).toEqual([0x1f, 0x8b, ...new TextEncoder().encode('-bytes')]);
  });

  it('says what went wrong when it cannot be made', async () => {
    const error = storeErrors.cluster_unknown({ name: 'home' });
    open(scriptedClient({ ...host, 'diagnostics.preview': () => Promise.reject(error) }), '#/diagnostics');
    expect(within(await screen.findByRole('alert')).getByText(error.data.cause)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Save the bundle' })).toBeNull();
  });
});
