import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { OutputOf } from '#shared/contract/index.ts';
import { runErrors } from '#shared/errors/run.ts';
import { open } from './page.ts';
import { plan } from './recorded-run.ts';
import { openStream, scriptedClient } from './scripted-client.ts';

const lastRun = {
  runId: 'r-1',
  clusterId: 'c-home1',
  clusterName: 'home',
  operation: 'create',
  state: 'failed',
  startedAt: 1_700_000_000_000,
  endedAt: 1_700_000_060_000,
} as const;
const summary = { id: 'c-home1', name: 'home', release: 'v1.33.2', machines: 2, lastRun };
const details: OutputOf<'clusters.get'> = {
  cluster: summary,
  machines: [{ name: 'node-1', address: '192.0.2.11', roles: ['etcd', 'controlplane'], facts: null }],
  certificates: [{ name: 'kube-apiserver', notAfter: new Date(Date.now() + 10.5 * 86_400_000).toISOString() }],
  status: {},
  exists: [],
};
const question = {
  questionId: 'q-1',
  kind: 'host-keys',
  askedAt: 1,
  cluster: 'home',
  keys: [{ machine: 'node-1', address: '192.0.2.11', keyType: 'ssh-ed25519', fingerprint: 'SHA256:abc' }],
} as const;
const none = { 'runs.questions': (_: unknown, signal: AbortSignal) => openStream([{ questions: [] }], signal) };
const one = {
  ...none,
  'clusters.get': () => details,
  'runs.list': () => [lastRun],
  'pools.list': () => [],
  'clusters.planRemoval': () => ({ steps: plan.steps }),
};
const press = async (name: string) => (await screen.findByRole('button', { name })).click();

afterEach(cleanup);

describe('the clusters', () => {
  it('are listed with release, machines and how the last run ended', async () => {
    open(scriptedClient({ ...none, 'clusters.list': () => [summary] }), '#/clusters');
    const row = within(await screen.findByRole('row', { name: /home/ }));
    expect(row.getAllByRole('cell').map(({ textContent }) => textContent.replace(/\s+/g, ' ').trim())).toEqual([
      'v1.33.2',
      '2',
      expect.stringMatching(/^Create Failed /),
    ]);
  });

  it('explain the first step where there are none', async () => {
    open(scriptedClient({ ...none, 'clusters.list': () => [] }), '');
    expect((await screen.findByRole('link', { name: 'Create the first cluster' })).getAttribute('href')).toBe('#/new');
  });
});

describe('a cluster', () => {
  it('shows machines, runs and what expires soon', async () => {
    open(scriptedClient(one), '#/clusters/c-home1');
    expect(await screen.findByRole('heading', { level: 1, name: 'home' })).toBeTruthy();
    expect(screen.getByRole('row', { name: /node-1 192.0.2.11 etcd, control plane not looked at yet/ })).toBeTruthy();
    expect(screen.getByRole('row', { name: /kube-apiserver .* in 10 days/ })).toBeTruthy();
    expect(await screen.findByRole('row', { name: /Create Failed .* 1 min 00 s/ })).toBeTruthy();
  });

  it('does not ask for the kubeconfig before somebody wants it, and says what it did with it', async () => {
    const client = scriptedClient({
      ...one,
      'kubeconfigs.get': () => ({ yaml: 'kind: Config' }),
      'kubeconfigs.merge': () => ({ context: 'home', path: '/home/me/.kube/config' }),
    });
    open(client, '#/clusters/c-home1');
    await press('Merge into my kubeconfig');
    expect(await screen.findByText('It is the context home in /home/me/.kube/config now.')).toBeTruthy();
    expect(client.asked.map(({ operation }) => operation)).not.toContain('kubeconfigs.get');
    await press('Show');
    expect(await screen.findByText('kind: Config')).toBeTruthy();
    await press('Hide');
    expect(screen.queryByText('kind: Config')).toBeNull();
  });

  it('is removed only after its plan was shown and its name typed', async () => {
    const client = scriptedClient({
      ...one,
      'runs.remove': () => Promise.reject(runErrors.nothing_to_resume({ run: 'r-1' })),
    });
    open(client, '#/clusters/c-home1');
    await press('Show what would be removed');
    const dialog = within(await screen.findByRole('dialog', { name: 'Remove home' }));
    expect(dialog.getAllByRole('listitem')).toHaveLength(plan.steps.length);
    const remove = dialog.getByRole<HTMLButtonElement>('button', { name: 'Remove' });
    expect(remove.disabled).toBe(true);
    const field = dialog.getByRole<HTMLInputElement>('textbox', { name: 'Type home to confirm' });
    field.value = 'home';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await waitFor(() => expect(remove.disabled).toBe(false));
    remove.click();
    expect(await dialog.findByRole('alert')).toBeTruthy();
    expect(client.asked).toContainEqual({
      operation: 'runs.remove',
      input: { cluster: 'c-home1', forgetUnreachable: false },
    });
  });
});

describe('a question about host keys', () => {
  const asks = {
    'clusters.list': () => [],
    'runs.questions': (_: unknown, signal: AbortSignal) => openStream([{ questions: [question] }], signal),
  };

  it('is asked on whatever page, and answered once', async () => {
    const client = scriptedClient({ ...asks, 'runs.answer': () => ({}) });
    open(client, '');
    const dialog = await screen.findByRole('dialog', { name: 'Are these the right machines?' });
    expect(within(dialog).getByRole('row', { name: 'node-1 192.0.2.11 ssh-ed25519 SHA256:abc' })).toBeTruthy();
    await press('They are right: go on');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(client.asked).toContainEqual({
      operation: 'runs.answer',
      input: { questionId: 'q-1', approved: true },
    });
  });

  it('that waits for later can be found again', async () => {
    open(scriptedClient(asks), '');
    await press('Decide later');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await press('Answer');
    expect(await screen.findByRole('dialog')).toBeTruthy();
  });
});
