import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { CheckedCredential, CredentialSummary } from '#shared/contract/index.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { open } from './page.ts';
import { scriptedClient } from './scripted-client.ts';

const prod: CredentialSummary = {
  name: 'prod',
  kind: 'vsphere',
  address: 'vcenter.lab.test',
  user: 'slipway@vsphere.local',
  trust: { kind: 'thumbprint', sha256: Array(32).fill('AB').join(':') },
  createdAt: 1,
  updatedAt: 1,
  usedBy: ['home', 'shop'],
};
const spare: CredentialSummary = { ...prod, name: 'spare', trust: { kind: 'system' }, usedBy: [] };
const works = (credential: CredentialSummary): CheckedCredential => ({
  credential,
  vcenter: { version: 'VMware vCenter Server 8.0.2', instanceUuid: 'u-1', loggedInAs: 'VSPHERE.LOCAL\\slipway' },
});
const list = { 'credentials.list': () => [prod, spare] };
const press = async (name: string) => fireEvent.click(await screen.findByRole('button', { name }));

afterEach(cleanup);

describe('the credentials', () => {
  it('say how the server is known, and which clusters use them', async () => {
    open(scriptedClient(list), '#/credentials');
    const card = within(await screen.findByRole('region', { name: 'prod' }));
    expect(card.getByText('its certificate')).toBeTruthy();
    expect(card.getAllByText('AB:AB:AB:AB')).toHaveLength(8);
    expect(card.getByRole('link', { name: 'shop' }).getAttribute('href')).toBe('#/clusters/shop');
    expect(within(screen.getByRole('region', { name: 'spare' })).getByText('no cluster')).toBeTruthy();
  });

  it('begin with the form where there is none', async () => {
    open(scriptedClient({ 'credentials.list': () => [] }), '#/credentials');
    expect(await screen.findByRole('form', { name: 'Add a vCenter' })).toBeTruthy();
  });

  it('name each privilege that the user lacks, with its object and what it is for', async () => {
    const missing = [{ privilege: 'VirtualMachine.Inventory.Create', object: '/DC0', purpose: 'clone machines' }];
    const client = scriptedClient({
      ...list,
      'credentials.check': () => works(prod),
      'credentials.privileges': () => ({ missing, user: 'VSPHERE.LOCAL\\slipway' }),
    });
    open(client, '#/credentials');
    await press('Check prod');
    expect(
      await screen.findByText(/The login works: VSPHERE.LOCAL\\slipway at VMware vCenter Server 8.0.2/),
    ).toBeTruthy();
    expect(await screen.findByText('One privilege is missing')).toBeTruthy();
    expect(screen.getByRole('row', { name: 'VirtualMachine.Inventory.Create /DC0 clone machines' })).toBeTruthy();
  });

  it('do not ask what a user may do whose login is refused', async () => {
    const refused = vsphereErrors.login_refused({ address: 'vcenter.lab.test', user: 'slipway' });
    const client = scriptedClient({ ...list, 'credentials.check': () => Promise.reject(refused) });
    open(client, '#/credentials');
    await press('Check prod');
    expect(within(await screen.findByRole('alert')).getByText(refused.data.cause)).toBeTruthy();
    expect(client.asked.map(({ operation }) => operation)).not.toContain('credentials.privileges');
  });

  it('are changed only in what was written', async () => {
    const client = scriptedClient({ ...list, 'credentials.update': () => works(prod) });
    open(client, '#/credentials');
    await press('Change prod');
    const dialog = within(await screen.findByRole('dialog', { name: 'Change prod' }));
    await fireEvent.input(dialog.getByLabelText('New password'), { target: { value: 'secret-2' } });
    await fireEvent.click(dialog.getByRole('button', { name: 'Check and keep' }));
    expect(await screen.findByText('prod was changed: the login works.')).toBeTruthy();
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(client.asked).toContainEqual({
      operation: 'credentials.update',
      input: { name: 'prod', password: 'secret-2' },
    });
  });

  it('that clusters use are not removed: they are named instead', async () => {
    open(scriptedClient(list), '#/credentials');
    await press('Remove prod');
    const dialog = within(await screen.findByRole('dialog', { name: 'Remove prod?' }));
    expect(dialog.getByText(/prod is used by: home, shop/)).toBeTruthy();
    expect(dialog.queryByRole('button', { name: 'Remove' })).toBeNull();
  });

  it('that nobody uses are gone after the question', async () => {
    let kept = [prod, spare];
    const client = scriptedClient({
      'credentials.list': () => kept,
      'credentials.remove': ({ name }) => {
        kept = kept.filter((one) => one.name !== name);
        return {};
      },
    });
    open(client, '#/credentials');
    await press('Remove spare');
    await fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(screen.queryByRole('region', { name: 'spare' })).toBeNull());
    expect(screen.getByRole('region', { name: 'prod' })).toBeTruthy();
  });
});
