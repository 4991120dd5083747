import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import type { FrameOf } from '#shared/contract/index.ts';
import { rpcErrors } from '#shared/errors/rpc.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import { open } from './page.ts';
import { failedRun, recorded } from './recorded-run.ts';
import { endedStream, openStream, scriptedClient } from './scripted-client.ts';

type RunFrame = FrameOf<'runs.watch'>;

const details = {
  cluster: { id: 'c-home1', name: 'home', release: 'v1.33.2', machines: 2 },
  machines: [],
  certificates: [],
  status: {},
  exists: [{ kind: 'container', key: 'node-1/etcd', where: 'node-1' }],
};
const line = (number: number, text: string) => ({ number, at: 1_700_000_000_000, step: 'docker/node-1', line: text });
const log = [line(1, 'apt-get update'), line(2, 'apt-get install docker-ce'), line(3, 'Setting up docker-ce')];
const quiet = {
  'runs.questions': (_: unknown, signal: AbortSignal) => openStream([{ questions: [] }], signal),
  'runs.log': () => endedStream([{ lines: log, next: 3 }]),
  'clusters.get': () => details,
};
const snapshot = (count: number): RunFrame => ({
  kind: 'snapshot',
  seq: count,
  state: 'running',
  view: recorded.slice(0, count).reduce(reduce, initialView()),
});
const ended = (state: 'failed' | 'cancelled' | 'succeeded' | 'interrupted', clusterGone = false): RunFrame => ({
  kind: 'ended',
  seq: failedRun.length,
  state,
  clusterGone,
});
const events = (from: number, to: number): RunFrame => ({ kind: 'events', seq: to, events: recorded.slice(from, to) });
const phases = () => within(screen.getByRole('region', { name: 'Phases' }));
const press = async (name: string | RegExp) => (await screen.findByRole('button', { name })).click();

afterEach(cleanup);

describe('the run page', () => {
  it('says of an interrupted run that nobody is at work on what was under way', async () => {
    const under = recorded.findIndex(({ type }) => type === 'step.applying') + 1;
    const end = { ...ended('interrupted'), seq: under };
    open(scriptedClient({ ...quiet, 'runs.watch': () => endedStream([snapshot(under), end]) }), '#/runs/r-1');
    await screen.findByRole('region', { name: 'The run was interrupted: nobody drives it any more' });
    expect(shownPhases().map(({ status }) => status)).toContain('interrupted');
    expect(shownPhases().map(({ status }) => status)).not.toContain('running');
    screen.getByText('Machines', { selector: 'button' }).click();
    expect((await screen.findAllByRole('button', { name: /: Interrupted$/ })).length).toBeGreaterThan(0);
  });

  it.each(recorded.map(({ type }, at) => ({ count: at + 1, type })))(
    'shows the run after any $count events (the last: $type)',
    async ({ count }) => {
      open(
        scriptedClient({
          ...quiet,
          'runs.watch': (_, signal) => openStream([snapshot(1), events(1, count)], signal),
        }),
        '#/runs/r-1',
      );
      await screen.findByText('Create home', { selector: 'h1' });
      const view = recorded.slice(0, count).reduce(reduce, initialView());
      const wanted = view.phases.map(({ title, status }) => ({ title, status }));
      await waitFor(() => expect(shownPhases()).toEqual(wanted));
      const show = (board: string) => screen.getByText(board, { selector: 'button' }).click();
      show('Machines');
      await waitFor(() => expect(document.querySelectorAll('[role=gridcell] button')).toHaveLength(6));
      show('Time line');
      show('Log');
    },
  );

  it('is the same from one snapshot and from single events', async () => {
    const frames = [snapshot(1), ...recorded.slice(1).map((_, at) => events(at + 1, at + 2))];
    open(scriptedClient({ ...quiet, 'runs.watch': (_, signal) => openStream(frames, signal) }), '#/runs/r-1');
    const { phases: wanted } = recorded.reduce(reduce, initialView());
    await waitFor(() => expect(shownPhases()).toEqual(wanted.map(({ title, status }) => ({ title, status }))));
  });

  it('goes on after a lost connection with what it has not seen, and shows nothing twice', async () => {
    const client = scriptedClient({
      ...quiet,
      'runs.watch': ({ after }, signal) =>
        after === 0 ? lost([snapshot(8)]) : openStream([events(after ?? 0, 15)], signal),
    });
    open(client, '#/runs/r-1');
    await waitFor(
      () => expect(phases().getByRole('button', { name: /Pull images/ }).textContent).toContain('attempt 2'),
      {
        timeout: 5000,
      },
    );
    const watches = client.asked.filter(({ operation }) => operation === 'runs.watch').map(({ input }) => input);
    expect(watches).toEqual([
      { runId: 'r-1', after: 0 },
      { runId: 'r-1', after: 8 },
    ]);
  });

  it('says of a failed run what failed, why, what to do, and goes on from there when told to', async () => {
    const client = scriptedClient({
      ...quiet,
      'runs.watch': () => endedStream([snapshot(failedRun.length), ended('failed')]),
      'runs.resume': () => ({ runId: 'r-1', clusterId: 'c-home1', watching: false }),
    });
    open(client, '#/runs/r-1');
    const card = within(await screen.findByRole('alert'));
    expect(card.getByText('etcd on node-1 is not healthy after 60 s.')).toBeTruthy();
    expect(card.getByText('Start etcd on node-1')).toBeTruthy();
    expect(card.getByText(/Read the last lines of its log/)).toBeTruthy();
    expect(card.getByText('etcd: no space left on device')).toBeTruthy();
    expect(card.getByText(/node-1 refused a tunnel to port 2379/)).toBeTruthy();
    expect(await screen.findByRole('button', { name: 'What remains 1 object on 1 machine' })).toBeTruthy();
    await press('Retry from here');
    await waitFor(() => expect(client.asked).toContainEqual({ operation: 'runs.resume', input: { run: 'r-1' } }));
    await waitFor(() => expect(client.asked.filter(({ operation }) => operation === 'runs.watch')).toHaveLength(2));
  });

  it('tells what cancelling leaves before it cancels', async () => {
    const client = scriptedClient({
      ...quiet,
      'runs.watch': (_, signal) => openStream([snapshot(10)], signal),
      'runs.cancel': () => ({ asked: true }),
    });
    open(client, '#/runs/r-1');
    await press('Cancel the run');
    const dialog = within(screen.getByRole('dialog', { name: 'Cancel this run?' }));
    expect(dialog.getByText(/One step is under way and ends first/)).toBeTruthy();
    expect(dialog.getByText(/2 steps have changed something so far, on 1 machine/)).toBeTruthy();
    expect(client.asked.map(({ operation }) => operation)).not.toContain('runs.cancel');
    dialog.getByRole('button', { name: 'Cancel the run' }).click();
    await waitFor(() =>
      expect(client.asked).toContainEqual({ operation: 'runs.cancel', input: { cluster: 'c-home1' } }),
    );
    expect(await screen.findByText(/It was asked to stop/)).toBeTruthy();
  });

  it('shows a chosen step with its progress and its own log', async () => {
    const client = scriptedClient({ ...quiet, 'runs.watch': (_, signal) => openStream([snapshot(11)], signal) });
    open(client, '#/runs/r-1');
    await screen.findByRole('heading', { level: 1, name: 'Create home' });
    phases()
      .getByRole('button', { name: /Pull images/ })
      .click();
    const steps = within(await screen.findByRole('region', { name: 'Steps of Pull images' }));
    steps.getByRole('button', { name: /node-1/ }).click();
    const step = within(await screen.findByRole('region', { name: 'Pull images on node-1' }));
    expect(step.getByText('5.0 MiB / 10.0 MiB')).toBeTruthy();
    await waitFor(() =>
      expect(client.asked).toContainEqual({
        operation: 'runs.log',
        input: { runId: 'r-1', step: 'images/node-1', after: 0 },
      }),
    );
    expect(window.location.hash).toBe('#/runs/r-1?step=images%2Fnode-1');
  });

  it('says when a removal has ended with the cluster gone', async () => {
    open(
      scriptedClient({ ...quiet, 'runs.watch': () => endedStream([snapshot(1), ended('succeeded', true)]) }),
      '#/runs/r-1',
    );
    expect(await screen.findByText(/The cluster is removed/)).toBeTruthy();
  });

  it('shows why a run cannot be watched', async () => {
    const unknown = rpcErrors.not_allowed({ operation: 'runs.watch' });
    open(scriptedClient({ ...quiet, 'runs.watch': () => failing(unknown) }), '#/runs/r-9');
    expect(within(await screen.findByRole('alert')).getByText('This host does not allow runs.watch.')).toBeTruthy();
  });
});

function shownPhases() {
  const words = new Map([
    ['Waiting', 'waiting'],
    ['Running', 'running'],
    ['Succeeded', 'succeeded'],
    ['Already so', 'skipped'],
    ['Failed', 'failed'],
    ['Blocked', 'blocked'],
    ['Cancelled', 'cancelled'],
    ['Interrupted', 'interrupted'],
  ]);
  return [...document.querySelectorAll('section[aria-label=Phases] > ol > li')].map((item) => {
    const [title, word] = [...item.querySelectorAll('button > span:first-child, button span > span > span')].map(
      ({ textContent }) => textContent.trim(),
    );
    return { title, status: words.get(word ?? '') };
  });
}

async function* lost(frames: readonly RunFrame[]): AsyncGenerator<RunFrame, void> {
  yield* frames;
  throw rpcErrors.disconnected({ reason: 'the host has ended it' });
}

async function* failing(error: Error): AsyncGenerator<RunFrame, void> {
  throw error;
}
