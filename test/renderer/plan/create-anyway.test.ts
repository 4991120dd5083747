import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { PlanFinding } from '#renderer/lib/client/answers.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { open } from '../page.ts';
import { openStream, scriptedClient } from '../scripted-client.ts';
import { goodHost, openWizard, person, planned, ready } from '../wizard/lab.ts';

const full: PlanFinding = {
  severity: 'error',
  subject: 'template machine',
  problem: 'The datastore is too small.',
  remedy: 'Free space.',
};
const stopped = { ...planned, findings: [full, { ...full, problem: 'The name prod-1 is taken.' }] };
const document_ = {
  ...{ apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: { name: 'prod' } },
  spec: { machines: [{ name: 'a', address: '192.0.2.1', roles: ['etcd', 'controlplane', 'worker'] }] },
};
const draft = { id: 'd-1', title: 'prod', updatedAt: 1, content: { step: 'review', document: document_ } };
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });
const starts = (client: ReturnType<typeof scriptedClient>) =>
  client.asked.filter(({ operation }) => operation === 'runs.start').length;

afterEach(() => {
  cleanup();
  localStorage.clear();
  window.location.hash = '';
});

describe('a plan with findings that would stop the run', () => {
  async function atCreate(script = goodHost()) {
    const client = openWizard({ ...script, 'drafts.get': () => draft }, { draft: 'd-1' });
    await ready();
    await screen.findByRole('region', { name: 'The plan' });
    const somebody = person();
    await somebody.next('Create');
    return { client, somebody };
  }

  it('begins a run only when somebody says so twice, knowing how many there are', async () => {
    const { client, somebody } = await atCreate({ ...goodHost(), 'runs.plan': () => stopped });
    await somebody.press('Create the cluster');
    const dialog = within(screen.getByRole('dialog', { name: '2 findings would stop the run' }));
    expect(dialog.getByText('template machine: The datastore is too small.')).toBeTruthy();
    await fireEvent.click(dialog.getByRole('button', { name: 'Close' }));
    expect([screen.queryByRole('dialog'), starts(client)]).toEqual([null, 0]);
    await somebody.press('Create the cluster');
    await somebody.press('Create anyway');
    await waitFor(() => expect(window.location.hash).toBe('#/runs/r-7'));
    expect(starts(client)).toBe(1);
  });

  it('is looked at again first, and asks nothing more when all is well', async () => {
    let looks = 0;
    const { client, somebody } = await atCreate({
      ...goodHost(),
      'runs.plan': () => {
        looks += 1;
        return looks === 1 ? stopped : planned;
      },
    });
    await somebody.press('Look again');
    expect(await screen.findByText('Nothing was found that would stop the run.')).toBeTruthy();
    expect(looks).toBe(2);
    await somebody.next('Create');
    expect(screen.queryByRole('button', { name: 'Look again' })).toBeNull();
    await somebody.press('Create the cluster');
    await waitFor(() => expect(starts(client)).toBe(1));
  });

  it('says in the dialog why the run could not begin', async () => {
    const unreachable = vsphereErrors.unreachable({ address: 'vcenter.lab.test', reason: 'refused' });
    const { somebody } = await atCreate({
      ...goodHost(),
      'runs.plan': () => stopped,
      'runs.start': () => Promise.reject(unreachable),
    });
    await somebody.press('Create the cluster');
    await somebody.press('Create anyway');
    expect(await within(screen.getByRole('dialog')).findByText(unreachable.data.cause)).toBeTruthy();
  });

  it('asks likewise where it is the plan of a written spec', async () => {
    const client = scriptedClient({
      'runs.questions': (_, signal) => openStream([{ questions: [] }], signal),
      'runs.watch': (_, signal) => openStream([], signal),
      'specs.check': () => ({ problems: [], warnings: [] }),
      'runs.plan': () => stopped,
      'runs.start': () => ({ runId: 'r-7', clusterId: 'c-home1', watching: false }),
    });
    open(client, '#/new/spec');
    const text = await screen.findByRole('textbox', { name: 'Spec (YAML or JSON)' });
    await fireEvent.input(text, { target: { value: 'kind: Cluster\n' } });
    await screen.findByText('The spec is good.');
    button('Show the plan').click();
    expect(await screen.findByRole('button', { name: 'Look again' })).toBeTruthy();
    button('Create').click();
    await screen.findByRole('dialog', { name: '2 findings would stop the run' });
    expect(starts(client)).toBe(0);
    button('Create anyway').click();
    await waitFor(() => expect(window.location.hash).toBe('#/runs/r-7'));
  });
});
