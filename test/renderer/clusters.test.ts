import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { OutputOf } from '#shared/contract/index.ts';
import { profileErrors } from '#shared/errors/profile.ts';
import { runErrors } from '#shared/errors/run.ts';
import { open } from './page.ts';
import { plan, unhealthy } from './recorded-run.ts';
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
const healthy: OutputOf<'clusters.health'> = {
  at: 1_700_000_000_000,
  reachable: true,
  version: 'v1.33.2',
  nodes: [
    {
      name: 'node-1',
      ready: true,
      roles: ['etcd', 'controlplane'],
      version: 'v1.33.2',
      address: '192.0.2.11',
      problems: [],
    },
  ],
  addons: [{ name: 'coredns', namespace: 'kube-system', wanted: 2, available: 2 }],
};
const trouble: OutputOf<'clusters.health'> = {
  ...healthy,
  nodes: healthy.nodes.map((node) => ({
    ...node,
    ready: false,
    problems: ['The kubelet stopped posting its status.'],
  })),
};
const unreachable: OutputOf<'clusters.health'> = { at: 1, reachable: false, error: unhealthy, nodes: [], addons: [] };
const draft = { id: 'd-1', title: 'staging', updatedAt: 1_700_000_000_000 };
const text = 'kind: Cluster\nspec:\n  release: v1.33.2\n';
const list = { ...none, 'clusters.list': () => [summary], 'clusters.health': () => healthy, 'drafts.list': () => [] };
const one = {
  ...none,
  'clusters.health': () => healthy,
  'clusters.spec': () => ({ text, applied: text }),
  'clusters.get': () => details,
  'runs.list': () => [lastRun],
  'pools.list': () => [],
  'clusters.planRemoval': () => ({ steps: plan.steps }),
};
const planned = {
  plan,
  preview: plan.steps.map(({ id }) => ({ kind: 'will', step: id, reason: 'missing' }) as const),
  warnings: [],
  findings: [],
  makes: { vms: [], containers: [], files: [], other: [] },
  estimate: { ms: 60_000, basis: 'typical' as const },
};
const press = async (name: string) => (await screen.findByRole('button', { name })).click();

afterEach(cleanup);

describe('the clusters', () => {
  const cells = async () =>
    within(await screen.findByRole('row', { name: /home/ }))
      .getAllByRole('cell')
      .map(({ textContent }) => textContent.replace(/\s+/g, ' ').trim());

  it('are listed with health, release, machines and how the last run ended', async () => {
    open(scriptedClient(list), '#/clusters');
    await screen.findByText('Healthy');
    expect(await cells()).toEqual(['Healthy', 'v1.33.2', '2', expect.stringMatching(/^Create Failed /)]);
  });

  it.each([
    ['0 of 1 nodes Ready', trouble],
    ['Does not answer', unreachable],
    [
      '1 add-on is not complete',
      { ...healthy, addons: [{ name: 'coredns', namespace: 'kube-system', wanted: 2, available: 1 }] },
    ],
  ])('say in words when one is not well: %s', async (words, health) => {
    open(scriptedClient({ ...list, 'clusters.health': () => health }), '#/clusters');
    expect(await screen.findByText(words)).toBeTruthy();
  });

  it('explain the first step where there are none', async () => {
    open(scriptedClient({ ...list, 'clusters.list': () => [] }), '');
    expect((await screen.findByRole('link', { name: 'Create a cluster' })).getAttribute('href')).toBe('#/new');
    expect(screen.getByRole('link', { name: 'I have a spec file' }).getAttribute('href')).toBe('#/new/spec');
  });

  it('have drafts beside them, which can be continued', async () => {
    open(scriptedClient({ ...list, 'drafts.list': () => [draft] }), '#/clusters');
    const link = await screen.findByRole('link', { name: 'Continue staging' });
    expect(link.getAttribute('href')).toBe('#/new?draft=d-1');
  });

  it('lose a draft only after a question', async () => {
    let drafts = [draft];
    const client = scriptedClient({
      ...list,
      'drafts.list': () => drafts,
      'drafts.remove': () => {
        drafts = [];
        return {};
      },
    });
    open(client, '#/clusters');
    await press('Discard staging');
    const dialog = within(await screen.findByRole('dialog', { name: 'Discard staging?' }));
    expect(client.asked.map(({ operation }) => operation)).not.toContain('drafts.remove');
    dialog.getByRole('button', { name: 'Discard' }).click();
    await waitFor(() => expect(screen.queryByText('staging')).toBeNull());
    expect(client.asked).toContainEqual({ operation: 'drafts.remove', input: { id: 'd-1' } });
  });
});

describe('a cluster', () => {
  const rows = (name: RegExp) => screen.findByRole('row', { name });

  it('shows its machines as a drawing, with those that are Ready', async () => {
    open(scriptedClient(one), '#/clusters/c-home1');
    expect(await screen.findByRole('heading', { level: 1, name: 'home' })).toBeTruthy();
    const tier = within(await screen.findByRole('region', { name: 'Control plane' }));
    await waitFor(() => expect(tier.getByRole('listitem').textContent).toMatch(/node-1\s*192.0.2.11\s*Ready/));
    expect(screen.getByText('2 of 2 available')).toBeTruthy();
  });

  it('warns of a certificate that expires soon, wherever one is on its page', async () => {
    open(scriptedClient(one), '#/clusters/c-home1?tab=runs');
    expect(await screen.findByText(/The first certificate expires in 10 days\./)).toBeTruthy();
    expect(await rows(/Create Failed .* 1 min 00 s/)).toBeTruthy();
  });

  it('shows machines with version and what is wrong with them', async () => {
    open(scriptedClient({ ...one, 'clusters.health': () => trouble }), '#/clusters/c-home1?tab=machines');
    expect(
      await rows(
        /node-1 Not Ready etcd, control plane v1.33.2 192.0.2.11 not looked at yet.*stopped posting its status/,
      ),
    ).toBeTruthy();
  });

  it('shows what expires first at the top', async () => {
    open(scriptedClient(one), '#/clusters/c-home1?tab=certificates');
    expect(await rows(/kube-apiserver .* in 10 days/)).toBeTruthy();
  });

  it('has its parts in the address, so that each can be linked and loaded again', async () => {
    open(scriptedClient(one), '#/clusters/c-home1');
    (await screen.findByRole('tab', { name: 'Certificates' })).click();
    await waitFor(() => expect(window.location.hash).toBe('#/clusters/c-home1?tab=certificates'));
  });

  it('says why it is not known how it is, when the cluster does not answer', async () => {
    open(scriptedClient({ ...one, 'clusters.health': () => unreachable }), '#/clusters/c-home1');
    expect(within(await screen.findByRole('alert')).getByText(unhealthy.cause)).toBeTruthy();
  });

  it('shows what its spec has that does not run yet', async () => {
    const wished = text.replace('v1.33.2', 'v1.34.0');
    open(
      scriptedClient({ ...one, 'clusters.spec': () => ({ text: wished, applied: text }) }),
      '#/clusters/home?tab=spec',
    );
    const shown = within(await screen.findByRole('group', { name: 'Differences' }));
    expect(shown.getByText(/removed:/).closest('p')?.textContent).toMatch(/release: v1.33.2$/);
    expect(shown.getByText(/added:/).closest('p')?.textContent).toMatch(/release: v1.34.0$/);
  });

  it('is changed by its spec: compared, planned and applied from there', async () => {
    const client = scriptedClient({
      ...one,
      'specs.check': () => ({ problems: [], warnings: [] }),
      'runs.plan': () => ({ ...planned, clusterId: 'c-home1' }),
      'runs.start': () => ({ runId: 'r-9', clusterId: 'c-home1', watching: false }),
      'runs.watch': (_: unknown, signal: AbortSignal) => openStream([], signal),
    });
    open(client, '#/clusters/home?tab=spec');
    await press('Edit');
    const written = text.replace('v1.33.2', 'v1.34.0');
    await fireEvent.input(await screen.findByRole('textbox', { name: 'Spec (YAML or JSON)' }), {
      target: { value: written },
    });
    await press('Show what differs from what runs');
    expect((await screen.findByText(/added:/)).closest('p')?.textContent).toMatch(/v1.34.0$/);
    await screen.findByText('The spec is good.');
    await press('Show the plan');
    await screen.findByRole('region', { name: 'The plan' });
    await press('Apply to the cluster');
    await waitFor(() => expect(window.location.hash).toBe('#/runs/r-9'));
    expect(client.asked).toContainEqual({ operation: 'runs.start', input: { text: written } });
  });

  it('becomes a profile, and replaces one only when it is told to', async () => {
    const asked: boolean[] = [];
    const client = scriptedClient({
      ...one,
      'profiles.save': ({ name, replace }) => {
        asked.push(replace ?? false);
        if (!replace) throw profileErrors.exists({ name });
        return { name, description: '', createdAt: 1, updatedAt: 1, machines: 1 };
      },
    });
    open(client, '#/clusters/home?tab=spec');
    await press('Save as profile');
    await press('Save');
    await press('Replace the one that is there');
    expect(await screen.findByText('Saved as home.')).toBeTruthy();
    expect(asked).toEqual([false, true]);
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
    open(client, '#/clusters/c-home1?tab=remove');
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
    'drafts.list': () => [],
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
