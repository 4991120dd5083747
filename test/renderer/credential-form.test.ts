import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import CredentialForm from '#renderer/features/credentials/CredentialForm.svelte';
import type { Client, OutputOf } from '#shared/contract/index.ts';
import { credentialErrors } from '#shared/errors/credential.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { scriptedClient } from './scripted-client.ts';
import Shown from './Shown.svelte';

const thumbprint = Array.from({ length: 32 }, (_, at) => at.toString(16).padStart(2, '0').toUpperCase()).join(':');
const server = (trusted: boolean): OutputOf<'credentials.inspect'> => ({
  address: 'vcenter.lab.test',
  trusted,
  certificate: {
    thumbprint,
    subject: 'CN=vcenter.lab.test',
    issuer: 'CN=CA, O=lab',
    validFrom: 'Nov 22 19:25:49 2025 GMT',
    validTo: 'Nov 22 19:25:49 2035 GMT',
    names: ['vcenter.lab.test'],
  },
});
const added = ({ name }: { readonly name: string }): OutputOf<'credentials.add'> => ({
  credential: {
    name,
    kind: 'vsphere',
    address: 'vcenter.lab.test',
    user: 'administrator@vsphere.local',
    trust: { kind: 'thumbprint', sha256: thumbprint },
    createdAt: 1,
    updatedAt: 1,
    usedBy: [],
  },
  vcenter: { version: 'VMware vCenter Server 8.0.2', instanceUuid: 'u-1', loggedInAs: 'VSPHERE.LOCAL\\Administrator' },
});

const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name, { exact: true });
const write = (name: string, value: string) => fireEvent.input(field(name), { target: { value } });
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const complaint = (name: string) => {
  const described = field(name).getAttribute('aria-describedby') ?? '';
  const error = described.split(' ').find((id) => id.endsWith('-error'));
  return error === undefined ? undefined : document.getElementById(error)?.textContent.replace(/\s+/g, ' ').trim();
};

/** Without what every window asks for. */
const ofCredentials = ({ asked }: ReturnType<typeof scriptedClient>) =>
  asked.filter(({ operation }) => operation.startsWith('credentials.'));

function open(client: Client) {
  const onadded = vi.fn();
  render(Shown, { props: { client, page: CredentialForm, props: { onadded } } });
  return onadded;
}

async function fill() {
  await write('vCenter address', 'vcenter.lab.test');
  await write('User', 'administrator@vsphere.local');
  await write('Password', 'secret-1');
}

afterEach(cleanup);

describe('a new cloud credential', () => {
  it('needs three inputs: its name comes from the address', async () => {
    const client = scriptedClient({ 'credentials.inspect': () => server(true), 'credentials.add': added });
    const onadded = open(client);
    await fill();
    expect(field('Name of the credential').value).toBe('vcenter');
    await press('Check and add');
    await waitFor(() => expect(onadded).toHaveBeenCalledWith('vcenter'));
    expect(ofCredentials(client)).toEqual([
      { operation: 'credentials.inspect', input: { address: 'vcenter.lab.test' } },
      {
        operation: 'credentials.add',
        input: {
          name: 'vcenter',
          address: 'vcenter.lab.test',
          user: 'administrator@vsphere.local',
          password: 'secret-1',
          trust: { kind: 'system' },
        },
      },
    ]);
    expect(field('Password').value).toBe('');
  });

  it('sends no password before the person has approved a certificate that no CA vouches for', async () => {
    const client = scriptedClient({ 'credentials.inspect': () => server(false), 'credentials.add': added });
    const onadded = open(client);
    await fill();
    await press('Check and add');
    const question = await screen.findByRole('region', { name: 'Is this your vCenter?' });
    expect(document.activeElement).toBe(question);
    expect(within(question).getByText('CN=CA, O=lab')).toBeTruthy();
    expect(within(question).getByText('1C:1D:1E:1F')).toBeTruthy();
    expect(ofCredentials(client).map(({ operation }) => operation)).toEqual(['credentials.inspect']);
    await press('The thumbprint is right: log in');
    await waitFor(() => expect(onadded).toHaveBeenCalledWith('vcenter'));
    expect(ofCredentials(client)[1]?.input).toMatchObject({ trust: { kind: 'thumbprint', sha256: thumbprint } });
  });

  it('asks about the same certificate only once, also when the password was wrong', async () => {
    const refused = vsphereErrors.login_refused({ address: 'vcenter.lab.test', user: 'administrator' });
    let tries = 0;
    const client = scriptedClient({
      'credentials.inspect': () => server(false),
      'credentials.add': (input) => (++tries === 1 ? Promise.reject(refused) : added(input)),
    });
    const onadded = open(client);
    await fill();
    await press('Check and add');
    await screen.findByRole('region', { name: 'Is this your vCenter?' });
    await press('The thumbprint is right: log in');
    await waitFor(() => expect(complaint('Password')).toContain(refused.data.cause));
    expect(screen.queryByRole('region', { name: 'Is this your vCenter?' })).toBeNull();
    await write('Password', 'secret-2');
    await press('Check and add');
    await waitFor(() => expect(onadded).toHaveBeenCalledWith('vcenter'));
  });

  it('asks again when the address is another one', async () => {
    open(scriptedClient({ 'credentials.inspect': () => server(false) }));
    await fill();
    await press('Check and add');
    await screen.findByRole('region', { name: 'Is this your vCenter?' });
    await write('vCenter address', 'other.lab.test');
    expect(screen.queryByRole('region', { name: 'Is this your vCenter?' })).toBeNull();
  });

  it('goes through the proxy of the settings unless another one is written', async () => {
    const client = scriptedClient({
      'settings.get': () => ({
        theme: 'system',
        registries: [],
        proxy: 'http://proxy.test:3128',
        checkForUpdates: false,
        whenRunsOnQuit: 'ask',
        healthDeadlineSeconds: 10,
      }),
      'credentials.inspect': () => server(true),
      'credentials.add': added,
    });
    const onadded = open(client);
    await waitFor(() => expect(field('Proxy').value).toBe('http://proxy.test:3128'));
    await fill();
    await press('Check and add');
    await waitFor(() => expect(onadded).toHaveBeenCalled());
    expect(client.asked.find(({ operation }) => operation === 'credentials.add')?.input).toMatchObject({
      proxy: 'http://proxy.test:3128',
    });
    await write('Proxy', '');
    await fill();
    await press('Check and add');
    await waitFor(() => expect(onadded).toHaveBeenCalledTimes(2));
    expect(client.asked.at(-1)?.input).not.toHaveProperty('proxy');
  });

  it('trusts a CA that was pasted without asking anything', async () => {
    const client = scriptedClient({ 'credentials.add': added });
    const onadded = open(client);
    await fill();
    await write('CA certificate (PEM)', '-----BEGIN CERTIFICATE-----');
    await press('Check and add');
    await waitFor(() => expect(onadded).toHaveBeenCalled());
    expect(ofCredentials(client)[0]?.input).toMatchObject({
      trust: { kind: 'ca', pem: '-----BEGIN CERTIFICATE-----' },
    });
  });

  it('names each field that is empty, and asks nobody', async () => {
    const client = scriptedClient({});
    open(client);
    await press('Check and add');
    for (const name of ['vCenter address', 'User', 'Password', 'Name of the credential']) {
      expect(complaint(name)).toBe('This is needed.');
      expect(field(name).getAttribute('aria-invalid')).toBe('true');
    }
    expect(ofCredentials(client)).toEqual([]);
  });

  it.each([
    { error: vsphereErrors.unreachable({ address: 'a', reason: 'no answer' }), at: 'vCenter address' },
    { error: vsphereErrors.proxy_unreachable({ proxy: 'p', reason: 'no answer' }), at: 'Proxy' },
    { error: credentialErrors.wrong_proxy({}), at: 'Proxy' },
  ])('says $error.code of the server beside "$at"', async ({ error, at }) => {
    open(scriptedClient({ 'credentials.inspect': () => Promise.reject(error) }));
    await fill();
    await press('Check and add');
    await waitFor(() => expect(complaint(at)).toBe(`${error.data.cause} ${error.data.hint}`));
  });

  it.each([
    { error: credentialErrors.exists({ name: 'vcenter' }), at: 'Name of the credential' },
    { error: credentialErrors.wrong_name({ name: 'V' }), at: 'Name of the credential' },
    { error: credentialErrors.wrong_ca({ reason: 'no certificate is in it' }), at: 'CA certificate (PEM)' },
  ])('says $error.code of the inventory beside "$at"', async ({ error, at }) => {
    open(
      scriptedClient({
        'credentials.inspect': () => server(true),
        'credentials.add': () => Promise.reject(error),
      }),
    );
    await fill();
    await press('Check and add');
    await waitFor(() => expect(complaint(at)).toBe(`${error.data.cause} ${error.data.hint}`));
  });

  it('shows what is no field’s fault as a card', async () => {
    const error = new Error('the disk is full');
    open(scriptedClient({ 'credentials.inspect': () => Promise.reject(error) }));
    await fill();
    await press('Check and add');
    expect(await screen.findByText(/the disk is full/)).toBeTruthy();
  });
});
