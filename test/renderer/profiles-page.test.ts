import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ProfileSummary } from '#shared/contract/index.ts';
import { profileErrors } from '#shared/errors/profile.ts';
import { open } from './page.ts';
import { scriptedClient } from './scripted-client.ts';

const small: ProfileSummary = {
  name: 'small',
  description: 'For trying things out',
  createdAt: 1,
  updatedAt: 1,
  release: 'v1.36.3',
  machines: 3,
};
const list = { 'profiles.list': () => [small] };
const press = async (name: string) => fireEvent.click(await screen.findByRole('button', { name }));
const write = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
const text = 'kind: Profile\nmetadata: { name: small }\n';

/** As if the person had chosen this file in the browser's dialog. */
async function choose(content: string) {
  await screen.findByRole('button', { name: 'Import a file' });
  const picker = document.querySelector<HTMLInputElement>('input[type=file]');
  if (!picker) throw new Error('there is no file picker');
  Object.defineProperty(picker, 'files', { value: [new File([content], 'small.yaml')], configurable: true });
  await fireEvent.change(picker);
}

afterEach(cleanup);

describe('the profiles', () => {
  it('say what a cluster from them would be, and lead to the wizard', async () => {
    open(scriptedClient(list), '#/profiles');
    const card = within(await screen.findByRole('region', { name: 'small' }));
    expect(card.getByText('v1.36.3, 3 machines')).toBeTruthy();
    expect(card.getByText('For trying things out')).toBeTruthy();
    expect(card.getByRole('link', { name: 'Start a cluster from small' }).getAttribute('href')).toBe(
      '#/new?profile=small',
    );
  });

  it('are saved from the text of a spec', async () => {
    const client = scriptedClient({ ...list, 'profiles.save': ({ name }) => ({ ...small, name }) });
    open(client, '#/profiles');
    await press('New profile from text');
    await write('Name', 'large');
    await write('Spec (YAML)', 'kind: Cluster');
    await press('Save');
    expect(await screen.findByText('large is saved.')).toBeTruthy();
    expect(client.asked).toContainEqual({
      operation: 'profiles.save',
      input: { name: 'large', description: '', text: 'kind: Cluster', replace: false },
    });
  });

  it('are not replaced by another one of their name unless the person says so', async () => {
    const client = scriptedClient({
      ...list,
      'profiles.save': ({ name, replace }) => (replace ? small : Promise.reject(profileErrors.exists({ name }))),
    });
    open(client, '#/profiles');
    await press('New profile from text');
    await write('Name', 'small');
    await write('Spec (YAML)', 'kind: Cluster');
    await press('Save');
    await fireEvent.click(await screen.findByRole('checkbox', { name: 'Replace the one of that name' }));
    await press('Save');
    expect(await screen.findByText('small is saved.')).toBeTruthy();
  });

  it('are changed from what they are', async () => {
    const client = scriptedClient({
      ...list,
      'profiles.get': () => ({ name: 'small', description: 'For trying things out', text: 'kind: Cluster # small' }),
      'profiles.save': () => small,
    });
    open(client, '#/profiles');
    await press('Edit small');
    const spec = await screen.findByLabelText<HTMLTextAreaElement>('Spec (YAML)');
    expect(spec.value).toBe('kind: Cluster # small');
    await write('Description', 'For tests');
    await press('Save');
    await screen.findByText('small is saved.');
    expect(client.asked).toContainEqual({
      operation: 'profiles.save',
      input: { name: 'small', description: 'For tests', text: 'kind: Cluster # small', replace: true },
    });
  });

  it('are imported from a file', async () => {
    const client = scriptedClient({ ...list, 'profiles.import': () => small });
    open(client, '#/profiles');
    await choose(text);
    expect(await screen.findByText('small was imported.')).toBeTruthy();
    expect(client.asked).toContainEqual({ operation: 'profiles.import', input: { text, replace: false } });
  });

  it('of the file’s name are replaced only after the person has said so', async () => {
    const client = scriptedClient({
      ...list,
      'profiles.import': ({ replace }) => (replace ? small : Promise.reject(profileErrors.exists({ name: 'small' }))),
    });
    open(client, '#/profiles');
    await choose(text);
    await press('Replace it with the file');
    expect(await screen.findByText('small was imported.')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('are imported and exported with the system’s own dialogs where the host has them', async () => {
    const capabilities = {
      app: 'electron',
      nativeFileDialogs: true,
      notifications: true,
      openExternal: false,
    } as const;
    const client = scriptedClient({
      ...list,
      'host.capabilities': () => capabilities,
      'host.openText': () => ({ name: 'small.yaml', text }),
      'host.saveText': () => ({ path: '/home/me/small.profile.yaml' }),
      'profiles.import': () => small,
      'profiles.export': () => ({ fileName: 'small.profile.yaml', text }),
    });
    const app = open(client, '#/profiles');
    await waitFor(() => expect(app.host.hasFileDialogs).toBe(true));
    await press('Import a file');
    expect(await screen.findByText('small was imported.')).toBeTruthy();
    await press('Export small');
    expect(await screen.findByText('Saved as /home/me/small.profile.yaml.')).toBeTruthy();
    expect(client.asked).toContainEqual({
      operation: 'host.saveText',
      input: { suggestedName: 'small.profile.yaml', text },
    });
  });

  it('are downloads of the browser elsewhere', async () => {
    const created = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
    vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
    open(scriptedClient({ ...list, 'profiles.export': () => ({ fileName: 'x', text }) }), '#/profiles');
    await press('Export small');
    expect(await screen.findByText('Saved as small.profile.yaml.')).toBeTruthy();
    expect(clicked).toHaveBeenCalledTimes(1);
    const [blob] = created.mock.calls[0] ?? [];
    expect(blob instanceof Blob && (await blob.text())).toBe(text);
    vi.restoreAllMocks();
  });

  it('are removed after a question', async () => {
    const client = scriptedClient({ ...list, 'profiles.remove': () => ({}) });
    open(client, '#/profiles');
    await press('Remove small');
    await fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(client.asked).toContainEqual({ operation: 'profiles.remove', input: { name: 'small' } });
  });
});
