import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import type { TemplateSummary } from '#shared/contract/index.ts';
import { templateErrors } from '#shared/errors/template.ts';
import { NodeTemplate } from '#shared/spec/node-template.ts';
import { open } from './page.ts';
import { scriptedClient } from './scripted-client.ts';

const debian: TemplateSummary = {
  template: v.parse(NodeTemplate, {
    name: 'debian',
    source: { vm: '/DC0/vm/debian-13' },
    cpus: 4,
    memoryMiB: 8192,
    diskGiB: 40,
    datastore: 'LocalDS_0',
    networks: [{ network: 'VM Network' }],
  }),
  usedBy: ['home'],
};
const spare: TemplateSummary = { template: { ...debian.template, name: 'spare' }, usedBy: [] };
const credential = {
  name: 'prod',
  kind: 'vsphere',
  address: 'vcenter.lab.test',
  user: 'u',
  trust: { kind: 'system' },
  createdAt: 1,
  updatedAt: 1,
  usedBy: [],
} as const;
const host = {
  'templates.list': () => [debian, spare],
  'credentials.list': () => [credential],
  'vsphere.choices': () => [],
};
const press = async (name: string) => fireEvent.click(await screen.findByRole('button', { name }));

afterEach(cleanup);

describe('the node templates', () => {
  it('say what they make, from what, and for which clusters', async () => {
    open(scriptedClient(host), '#/templates');
    const card = within(await screen.findByRole('region', { name: 'debian' }));
    expect(card.getByText('/DC0/vm/debian-13')).toBeTruthy();
    expect(card.getByText('4 CPUs, 8.0 GiB of memory, 40.0 GiB of disk')).toBeTruthy();
    expect(card.getByRole('link', { name: 'home' }).getAttribute('href')).toBe('#/clusters/home');
  });

  it('can be read as YAML', async () => {
    open(scriptedClient(host), '#/templates');
    await press('Show debian as YAML');
    expect((await screen.findByLabelText('As YAML')).textContent).toContain('memoryMiB: 8192\n');
    await press('Hide debian as YAML');
    expect(screen.queryByLabelText('As YAML')).toBeNull();
  });

  it('are made in the inventory of a credential', async () => {
    const client = scriptedClient({ ...host, 'templates.add': () => ({ ...spare, warnings: [] }) });
    open(client, '#/templates');
    await press('New template');
    await fireEvent.input(await screen.findByLabelText('Template name'), { target: { value: 'fresh' } });
    await press('Save');
    expect(await screen.findByText('fresh is kept.')).toBeTruthy();
    const [sent] = client.asked.filter(({ operation }) => operation === 'templates.add');
    expect(sent?.input).toMatchObject({ replace: false, text: expect.stringContaining('"name":"fresh"') });
  });

  it('are not replaced by a new one of their name', async () => {
    const error = templateErrors.exists({ name: 'debian' });
    open(scriptedClient({ ...host, 'templates.add': () => Promise.reject(error) }), '#/templates');
    await press('New template');
    const name = await screen.findByLabelText('Template name');
    await fireEvent.input(name, { target: { value: 'debian' } });
    await press('Save');
    await waitFor(() => expect(name.getAttribute('aria-invalid')).toBe('true'));
    expect(screen.getByText(error.data.cause)).toBeTruthy();
  });

  it('are changed under the name they have', async () => {
    const client = scriptedClient({ ...host, 'templates.add': () => ({ ...debian, warnings: [] }) });
    open(client, '#/templates');
    await press('Edit debian');
    await screen.findByLabelText('Inventory of');
    expect(screen.queryByLabelText('Template name')).toBeNull();
    await press('Save');
    expect(await screen.findByText('debian is kept.')).toBeTruthy();
    const [sent] = client.asked.filter(({ operation }) => operation === 'templates.add');
    expect(JSON.parse((sent?.input as { text: string }).text)).toEqual(debian.template);
  });

  it('are not saved while a text of theirs could not be read', async () => {
    const client = scriptedClient({ ...host, 'templates.add': () => ({ ...debian, warnings: [] }) });
    open(client, '#/templates');
    await press('Edit debian');
    await press('cloud-init and extra config');
    const extra = screen.getByLabelText('Extra config of the VM');
    await fireEvent.change(extra, { target: { value: 'disk.EnableUUID' } });
    await press('Save');
    await waitFor(() => expect(document.activeElement).toBe(extra));
    expect(client.asked.some(({ operation }) => operation === 'templates.add')).toBe(false);
    await fireEvent.change(extra, { target: { value: 'disk.EnableUUID=TRUE' } });
    await press('Save');
    expect(await screen.findByText('debian is kept.')).toBeTruthy();
    const [sent] = client.asked.filter(({ operation }) => operation === 'templates.add');
    expect(JSON.parse((sent?.input as { text: string }).text)).toEqual({
      ...debian.template,
      extraConfig: { 'disk.EnableUUID': 'TRUE' },
    });
  });

  it('need a vCenter first', async () => {
    open(scriptedClient({ ...host, 'credentials.list': () => [] }), '#/templates');
    await press('New template');
    expect((await screen.findByRole('link', { name: 'Add a vCenter' })).getAttribute('href')).toBe('#/credentials');
  });

  it('that clusters use are not removed: they are named instead', async () => {
    open(scriptedClient(host), '#/templates');
    await press('Remove debian');
    const dialog = within(await screen.findByRole('dialog', { name: 'Remove debian?' }));
    expect(dialog.getByText(/debian is used by: home/)).toBeTruthy();
    expect(dialog.queryByRole('button', { name: 'Remove' })).toBeNull();
  });
});
