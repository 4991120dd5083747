import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { vi } from 'vitest';
import type { OutputOf } from '#shared/contract/index.ts';
import type { ClusterSpecInput } from '#shared/spec/cluster.ts';
import { plan } from '../recorded-run.ts';
import { scriptedClient } from '../scripted-client.ts';
import WizardAlone from './WizardAlone.svelte';

type Script = Parameters<typeof scriptedClient>[0];
type Choice = OutputOf<'vsphere.choices'>[number];

const choice = (kind: Choice['kind'], path: string, details: Choice['details'] = {}): Choice => ({
  ...{ kind, path, details, id: path },
  name: path.slice(path.lastIndexOf('/') + 1),
});

/** As the lab's vCenter shows them: two templates, of which only the person knows the right one. */
export const inventory: readonly Choice[] = [
  choice('datacenters', '/DC0'),
  choice('templates', '/DC0/vm/templates/debian-13', { guestId: 'debian12_64Guest', snapshot: true }),
  choice('templates', '/DC0/vm/ubuntu-24.04', { guestId: 'ubuntu64Guest', snapshot: false }),
  choice('clusters', '/DC0/host/DC0_C0', { type: 'cluster', hosts: 3, drs: true }),
  choice('datastores', '/DC0/datastore/LocalDS_0', { freeBytes: 10, shared: true, accessible: true }),
  choice('datastores', '/DC0/datastore/Full', { freeBytes: 1, shared: true, accessible: true }),
  choice('networks', '/DC0/network/VM Network', { type: 'standard' }),
  choice('networks', '/DC0/network/DC0_DVPG0', { type: 'distributed' }),
  choice('hosts', '/DC0/host/DC0_C0/DC0_C0_H0', { connected: true, inMaintenance: false }),
  { ...choice('tags', 'owner/team/blue'), name: 'team/blue' },
  choice('custom-attributes', 'cost-center', { onlyVms: true }),
];

export const credential: OutputOf<'credentials.list'>[number] = {
  ...{ name: 'lab', kind: 'vsphere', address: 'vcenter.lab.test', user: 'administrator@vsphere.local' },
  trust: { kind: 'system' },
  ...{ createdAt: 1, updatedAt: 1, usedBy: [] },
};

export const planned = {
  plan,
  preview: plan.steps.map(({ id }) => ({ kind: 'will', step: id, reason: 'missing' }) as const),
  warnings: [],
  ...{ estimate: { ms: 480_000, basis: 'typical' }, findings: [] },
  makes: { vms: [], containers: [], files: [], other: [] },
} as unknown as OutputOf<'runs.plan'>;

/** A host with one vCenter, in which everything goes well. */
export function goodHost(): Script {
  return {
    'clusters.list': () => [],
    'credentials.list': () => [credential],
    'credentials.privileges': () => ({ missing: [], user: 'administrator@vsphere.local' }),
    'templates.list': () => [],
    'vsphere.choices': ({ kinds }) => inventory.filter(({ kind }) => kinds.includes(kind)),
    'releases.list': () => [
      { version: 'v1.36.3', isDefault: true, endOfSupport: '2027-06-28', legacy: false, images: {} },
      { version: 'v1.35.7', isDefault: false, endOfSupport: '2027-02-28', legacy: false, images: {} },
      { version: 'v1.17.17', isDefault: false, endOfSupport: '2021-01-13', legacy: true, images: {} },
    ],
    'drafts.put': () => ({}),
    'drafts.remove': () => ({}),
    'specs.check': () => ({ problems: [], warnings: [] }),
    'secrets.put': () => ({}),
    'runs.plan': () => planned,
    'runs.start': () => ({ runId: 'r-7', clusterId: 'c-lab01', watching: false }),
  };
}

/** The wizard alone, over this script. */
export function openWizard(script: Script, at: { draft?: string; profile?: string; step?: string } = {}) {
  const client = scriptedClient(script);
  render(WizardAlone, { props: { client, ...at } });
  return client;
}

/** The first answer is on the page. */
export async function ready(): Promise<void> {
  await screen.findByRole('navigation', { name: 'Steps' });
}

/** What a person does, and how often. */
export function person() {
  let inputs = 0;
  return {
    inputs: () => inputs,
    async write(name: string, text: string): Promise<void> {
      inputs += 1;
      await fireEvent.input(screen.getByRole('textbox', { name }), { target: { value: text } });
    },
    async press(name: string): Promise<void> {
      inputs += 1;
      await fireEvent.click(screen.getByRole('button', { name }));
    },
    async tick(role: 'radio' | 'checkbox', name: string, within_: HTMLElement = document.body): Promise<void> {
      inputs += 1;
      await fireEvent.click(within(within_).getByRole(role, { name }));
    },
    async select(name: string, label: string): Promise<void> {
      inputs += 1;
      const field = screen.getByRole<HTMLSelectElement>('combobox', { name });
      const at = [...field.options].findIndex((option) => option.textContent.trim() === label);
      field.selectedIndex = at;
      await fireEvent.change(field);
    },
    /** By typing a part of it, as one does with thousands. */
    async choose(name: string, words: string): Promise<void> {
      inputs += 1;
      const field = screen.getByRole<HTMLInputElement>('combobox', { name });
      await fireEvent.input(field, { target: { value: words } });
      await vi.waitFor(() => {
        if (!field.getAttribute('aria-activedescendant')) throw new Error('no option is highlighted');
      });
      await fireEvent.keyDown(field, { key: 'Enter' });
    },
    /** Presses Next and waits for the step. */
    async next(step: string): Promise<void> {
      await this.press('Next');
      await atStep(step);
    },
  };
}

export async function atStep(step: string): Promise<void> {
  await waitFor(() => {
    const heading = screen.getByRole('heading', { level: 2, name: step });
    if (document.activeElement !== heading) throw new Error(`The focus is not on ${step}.`);
  });
}

/** What the field's error says, as a screen reader reads it with the field. */
export function errorOf(field: HTMLElement): string | undefined {
  const ids = (field.getAttribute('aria-describedby') ?? '').split(' ');
  return ids
    .filter((id) => id.endsWith('-error'))
    .map((id) => document.getElementById(id)?.textContent.trim())
    .find((text) => text !== undefined);
}

/** The spec that an operation was given last. */
export function specGiven(client: ReturnType<typeof scriptedClient>, operation: string): ClusterSpecInput {
  const asked = client.asked.findLast((one) => one.operation === operation);
  if (asked === undefined) throw new Error(`Nobody called ${operation}.`);
  return JSON.parse((asked.input as { text: string }).text) as ClusterSpecInput;
}
