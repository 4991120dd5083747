import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import LazyPage from '#renderer/features/shell/LazyPage.svelte';
import UnknownPage from '#renderer/features/shell/UnknownPage.svelte';
import type { FrameOf } from '#shared/contract/index.ts';
import { rpcErrors } from '#shared/errors/rpc.ts';
import { open } from './page.ts';
import { openStream, scriptedClient } from './scripted-client.ts';
import Shown from './Shown.svelte';

const clusters = { 'clusters.list': () => [] };
const run: FrameOf<'runs.active'>['runs'][number] = {
  runId: 'r-1',
  clusterId: 'c-1',
  clusterName: 'home',
  operation: 'create',
  state: 'running',
  startedAt: 1,
  progress: { done: 3, total: 40 },
};

afterEach(cleanup);

describe('the window', () => {
  it('has a way to every page, and says which one is open', async () => {
    open(scriptedClient(clusters), '#/clusters');
    const nav = within(await screen.findByRole('navigation', { name: 'Main' }));
    const links = nav.getAllByRole('link').map((link) => [link.textContent.trim(), link.getAttribute('href')]);
    expect(links).toEqual([
      ['Clusters', '#/clusters'],
      ['New cluster', '#/new'],
      ['Profiles', '#/profiles'],
      ['Templates', '#/templates'],
      ['Credentials', '#/credentials'],
      ['Settings', '#/settings'],
      ['Diagnostics', '#/diagnostics'],
    ]);
    expect(nav.getByRole('link', { current: 'page' }).textContent.trim()).toBe('Clusters');
  });

  it('names the page in its title, and reading goes on from the heading of a page that was gone to', async () => {
    open(scriptedClient({ ...clusters, 'profiles.list': () => [] }), '#/clusters');
    await screen.findByRole('heading', { level: 1, name: 'Clusters' });
    expect(document.title).toBe('Clusters · Slipway');
    expect(document.activeElement).toBe(document.body);
    window.location.hash = '#/profiles';
    const heading = await screen.findByRole('heading', { level: 1, name: 'Profiles' });
    expect(document.title).toBe('Profiles · Slipway');
    expect(document.activeElement).toBe(heading);
  });

  it('says that there is no such page, and leads back', async () => {
    open(scriptedClient(clusters), '#/elsewhere');
    expect(await screen.findByRole('heading', { level: 1, name: 'There is no such page' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Go to the clusters' }).getAttribute('href')).toBe('#/clusters');
  });

  it('shows the runs that are active on whatever page, with a way to each', async () => {
    const client = scriptedClient({ ...clusters, 'runs.active': (_, signal) => openStream([{ runs: [run] }], signal) });
    open(client, '#/elsewhere');
    const list = within(await screen.findByRole('list', { name: 'Active runs' }));
    const link = list.getByRole('link', { name: 'Create home: 3 of 40 steps' });
    expect(link.getAttribute('href')).toBe('#/runs/r-1');
  });

  it('shows no list where no run is active any more', async () => {
    const frames = [{ runs: [run] }, { runs: [] }];
    open(scriptedClient({ ...clusters, 'runs.active': (_, signal) => openStream(frames, signal) }), '');
    await screen.findByRole('heading', { level: 1, name: 'Clusters' });
    await waitFor(() => expect(screen.queryByRole('list', { name: 'Active runs' })).toBeNull());
  });

  it('does not pretend that nothing runs when it cannot know', async () => {
    const refused = rpcErrors.not_allowed({ operation: 'runs.active' });
    const client = scriptedClient({
      ...clusters,
      'runs.active': () => {
        throw refused;
      },
    });
    open(client, '');
    expect(await screen.findByText(`Whether runs are active is not known. ${refused.data.cause}`)).toBeTruthy();
  });
});

describe('a page that is loaded when it is opened', () => {
  it('says that it waits for it, and then shows it', async () => {
    const loaded = Promise.withResolvers<{ default: typeof UnknownPage }>();
    render(Shown, {
      props: { client: scriptedClient({}), page: LazyPage, props: { load: () => loaded.promise, props: {} } },
    });
    expect(screen.getByText('Loading the page …')).toBeTruthy();
    loaded.resolve({ default: UnknownPage });
    expect(await screen.findByRole('heading', { level: 1 })).toBeTruthy();
    expect(screen.queryByText('Loading the page …')).toBeNull();
  });

  it('says when it cannot be loaded, and what to do', async () => {
    const load = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
    render(Shown, { props: { client: scriptedClient({}), page: LazyPage, props: { load, props: {} } } });
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText(/Failed to fetch dynamically imported module/)).toBeTruthy();
    expect(alert.getByRole('button', { name: 'Load again' })).toBeTruthy();
  });
});
