import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputOf, Settings } from '#shared/contract/index.ts';
import { credentialErrors } from '#shared/errors/credential.ts';
import { secretErrors } from '#shared/errors/secrets.ts';
import { open } from './page.ts';
import { scriptedClient } from './scripted-client.ts';

const registry = { server: 'registry.test', insecure: false, systemImages: true, mirrorOf: ['docker.io'] };
const start: Settings = {
  theme: 'system',
  registries: [registry],
  proxy: null,
  checkForUpdates: false,
  whenRunsOnQuit: 'ask',
  healthDeadlineSeconds: 10,
};

/** A host that keeps what it is told. */
function host(more: Parameters<typeof scriptedClient>[0] = {}) {
  let kept = start;
  return scriptedClient({
    'settings.get': () => kept,
    'settings.update': ({ registries, ...changes }) => {
      const own = registries?.map(({ insecure = false, systemImages = false, mirrorOf = [], ...given }) => {
        return { ...given, insecure, systemImages, mirrorOf };
      });
      return (kept = { ...kept, ...changes, ...(own === undefined ? {} : { registries: own }) });
    },
    'settings.secretStore': () => ({ described: 'the keychain of this computer', kind: 'keychain' }),
    'secrets.list': () => [],
    'secrets.put': () => ({}),
    ...more,
  });
}
const press = async (name: string) => fireEvent.click(await screen.findByRole('button', { name }));
const write = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
const updates = ({ asked }: ReturnType<typeof host>) =>
  asked.filter(({ operation }) => operation === 'settings.update').map(({ input }) => input);

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe('the settings', () => {
  it('say in plain words which secret store is in use', async () => {
    open(host(), '#/settings');
    const region = within(await screen.findByRole('region', { name: 'Secret store' }));
    expect(await region.findByText('the keychain of this computer')).toBeTruthy();
    expect(region.getByText(/is in the keychain of your operating system/)).toBeTruthy();
  });

  it('show the appearance that is chosen here in the whole window', async () => {
    const client = host();
    open(client, '#/settings');
    await fireEvent.click(await screen.findByRole('radio', { name: 'High contrast' }));
    expect(document.documentElement.dataset['theme']).toBe('contrast');
    await waitFor(() => expect(updates(client)).toEqual([{ theme: 'contrast' }]));
  });

  it('say that this build looks for no updates', async () => {
    open(host(), '#/settings');
    expect(await screen.findByText(/This build has no update channel/)).toBeTruthy();
  });

  it('ask what quitting does to runs only where quitting ends them', async () => {
    open(host(), '#/settings');
    await screen.findByRole('region', { name: 'Updates' });
    expect(screen.queryByRole('region', { name: 'Closing the window' })).toBeNull();
    cleanup();
    const capabilities = {
      app: 'electron',
      nativeFileDialogs: true,
      notifications: true,
      openExternal: false,
    } as const;
    const client = host({ 'host.capabilities': () => capabilities });
    open(client, '#/settings');
    await fireEvent.click(await screen.findByRole('radio', { name: 'Go on in the tray until they have ended' }));
    await waitFor(() => expect(updates(client)).toEqual([{ whenRunsOnQuit: 'tray' }]));
  });

  it('seal the password of a registry and keep only its name', async () => {
    const client = host();
    open(client, '#/settings');
    await press('Add a registry');
    await write('Server', 'mirror.test:5000');
    await write('User', 'robot');
    await write('Password', 'secret-1');
    await press('Keep the registry');
    expect(await screen.findByText('mirror.test:5000')).toBeTruthy();
    expect(client.asked).toContainEqual({
      operation: 'secrets.put',
      input: { name: 'registry/mirror-test-5000', value: 'secret-1', replace: true },
    });
    const [{ registries } = {}] = updates(client) as InputOf<'settings.update'>[];
    expect(registries).toEqual([
      registry,
      {
        server: 'mirror.test:5000',
        insecure: false,
        systemImages: false,
        mirrorOf: [],
        username: 'robot',
        password: 'vault:registry/mirror-test-5000',
      },
    ]);
    expect(JSON.stringify(registries)).not.toContain('secret-1');
  });

  it('let all system images come from one registry only', async () => {
    const client = host();
    open(client, '#/settings');
    await press('Add a registry');
    await write('Server', 'mirror.test');
    await fireEvent.click(screen.getByRole('checkbox', { name: 'All system images come from here' }));
    await press('Keep the registry');
    await screen.findByText('mirror.test');
    const [{ registries = [] } = {}] = updates(client) as InputOf<'settings.update'>[];
    expect(registries.map(({ server, systemImages }) => [server, systemImages])).toEqual([
      ['registry.test', false],
      ['mirror.test', true],
    ]);
  });

  it('say beside the field what is wrong with a proxy', async () => {
    const error = credentialErrors.wrong_proxy({});
    open(host({ 'settings.update': () => Promise.reject(error) }), '#/settings');
    await screen.findByLabelText('Proxy for new vCenters');
    await write('Proxy for new vCenters', 'http://me:password@proxy');
    await press('Save');
    const alert = await screen.findByRole('alert');
    expect(screen.getByLabelText('Proxy for new vCenters').getAttribute('aria-describedby')).toContain(alert.id);
  });

  it('forget the proxy when the field is emptied', async () => {
    const client = host({ 'settings.get': () => ({ ...start, proxy: 'http://proxy:3128' }) });
    open(client, '#/settings');
    await screen.findByLabelText('Proxy for new vCenters');
    await write('Proxy for new vCenters', ' ');
    await press('Save');
    await waitFor(() => expect(updates(client)).toEqual([{ proxy: null }]));
  });
});

describe('the named secrets', () => {
  it('are put in, and never shown again', async () => {
    const names: string[] = [];
    const client = host({
      'secrets.list': () => names.map((name) => ({ name })),
      'secrets.put': ({ name }) => {
        names.push(name);
        return {};
      },
    });
    open(client, '#/settings');
    await screen.findByRole('form', { name: 'Add a secret' });
    await write('Name', 'ssh-key');
    await write('Value', 'secret-1');
    await press('Keep');
    expect(await screen.findByText('Kept. A spec names it vault:ssh-key')).toBeTruthy();
    expect(within(await screen.findByRole('list', { name: 'Named secrets' })).getByText('ssh-key')).toBeTruthy();
    expect(document.body.innerHTML).not.toContain('secret-1');
    expect(screen.getByLabelText<HTMLInputElement>('Value').value).toBe('');
  });

  it('are not replaced by accident', async () => {
    const client = host({
      'secrets.put': ({ name, replace }) => (replace ? {} : Promise.reject(secretErrors.exists({ name }))),
    });
    open(client, '#/settings');
    await screen.findByRole('form', { name: 'Add a secret' });
    await write('Name', 'ssh-key');
    await write('Value', 'secret-1');
    await press('Keep');
    await fireEvent.click(await screen.findByRole('checkbox', { name: 'Replace the one of that name' }));
    await press('Keep');
    expect(await screen.findByText('Kept. A spec names it vault:ssh-key')).toBeTruthy();
    expect(client.asked.at(-2)?.input).toEqual({ name: 'ssh-key', value: 'secret-1', replace: true });
  });

  it('are removed after a question', async () => {
    const client = host({ 'secrets.list': () => [{ name: 'ssh-key' }], 'secrets.remove': () => ({}) });
    open(client, '#/settings');
    await press('Remove ssh-key');
    await fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(client.asked).toContainEqual({ operation: 'secrets.remove', input: { name: 'ssh-key' } });
  });
});
