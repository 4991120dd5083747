import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { specErrors } from '#shared/errors/spec.ts';
import { open } from './page.ts';
import { plan, unhealthy } from './recorded-run.ts';
import { openStream, scriptedClient } from './scripted-client.ts';

const questions = {
  'runs.questions': (_: unknown, signal: AbortSignal) => openStream([{ questions: [] }], signal),
};
const good = { problems: [], warnings: ['The registry registry.test is used without TLS.'] };
const planned = {
  plan,
  preview: [
    { kind: 'already', step: 'docker/node-1', reason: 'Docker 27.0 is there' },
    ...plan.steps.slice(1).map(({ id }) => ({ kind: 'will', step: id, reason: 'missing' }) as const),
  ] as const,
  warnings: [],
  findings: [],
  makes: { vms: [], containers: [], files: [], other: [] },
  estimate: { ms: 60_000, basis: 'typical' as const },
};
const write = (text: string) =>
  fireEvent.input(screen.getByRole('textbox', { name: 'Spec (YAML or JSON)' }), { target: { value: text } });
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });

afterEach(cleanup);

describe('a new cluster from a spec', () => {
  it('names every problem of a wrong spec with its field, and cannot be started', async () => {
    const problem = specErrors.missing_key({ field: 'spec.machines', remedy: 'Name at least one machine.' }).data;
    const target = 'spec.machines[0].address';
    const other = { ...problem, target, cause: 'It must be an IP address or a host name.' };
    open(
      scriptedClient({ ...questions, 'specs.check': () => ({ problems: [problem, other], warnings: [] }) }),
      '#/new/spec',
    );
    await screen.findByRole('heading', { level: 1 });
    await write('kind: Cluster');
    expect(await screen.findByText('2 problems')).toBeTruthy();
    expect(screen.getByText(problem.cause)).toBeTruthy();
    expect(screen.getByText(target)).toBeTruthy();
    expect([button('Show the plan').disabled, button('Create').disabled]).toEqual([true, true]);
  });

  it('shows the plan of a good spec before it can be created, and goes to the run', async () => {
    const client = scriptedClient({
      ...questions,
      'specs.check': () => good,
      'runs.plan': () => planned,
      'runs.start': () => ({ runId: 'r-7', clusterId: 'c-home1', watching: false }),
      'runs.watch': (_, signal) => openStream([], signal),
    });
    open(client, '#/new/spec');
    await screen.findByRole('heading', { level: 1 });
    await write('kind: Cluster\n');
    expect(await screen.findByText('The spec is good.')).toBeTruthy();
    expect(screen.getByText(/is used without TLS/)).toBeTruthy();
    expect(button('Create').disabled).toBe(true);
    button('Show the plan').click();
    const shown = within(await screen.findByRole('region', { name: 'The plan' }));
    expect(shown.getByText('5 change something')).toBeTruthy();
    expect(shown.getByText('1 is already so')).toBeTruthy();
    button('Create').click();
    await waitFor(() => expect(window.location.hash).toBe('#/runs/r-7'));
    expect(client.asked).toContainEqual({ operation: 'runs.start', input: { text: 'kind: Cluster\n' } });
  });

  it('puts findings that would stop the run before the steps', async () => {
    const finding = {
      severity: 'error',
      subject: 'node-1',
      problem: unhealthy.cause,
      remedy: unhealthy.hint,
      step: 'etcd/node-1',
    } as const;
    const client = scriptedClient({
      ...questions,
      'specs.check': () => good,
      'runs.plan': () => ({ ...planned, findings: [finding] }),
    });
    open(client, '#/new/spec');
    await screen.findByRole('heading', { level: 1 });
    await write('a: b');
    await screen.findByText('The spec is good.');
    button('Show the plan').click();
    expect(await screen.findByText('1 finding would stop the run')).toBeTruthy();
    expect(within(screen.getByRole('alert')).getByText(unhealthy.cause)).toBeTruthy();
  });

  it('takes a plan back as soon as the spec is another one', async () => {
    const client = scriptedClient({ ...questions, 'specs.check': () => good, 'runs.plan': () => planned });
    open(client, '#/new/spec');
    await screen.findByRole('heading', { level: 1 });
    await write('a: b');
    await screen.findByText('The spec is good.');
    button('Show the plan').click();
    await screen.findByRole('region', { name: 'The plan' });
    await write('a: c');
    expect(screen.queryByRole('region', { name: 'The plan' })).toBeNull();
    expect(button('Create').disabled).toBe(true);
  });
});
