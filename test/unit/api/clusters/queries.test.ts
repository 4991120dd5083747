import { describe, expect, it } from 'vitest';
import { joinedMachines } from '#main/api/runs/joined-machines.ts';
import { clusterStatus, listClusters, listReleases, listRuns, readLogs } from '#main/api/clusters/queries.ts';
import { continueRun } from '#main/api/runs/runs.ts';
import { errorData } from '#shared/errors/define.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

const noSecrets = (): Promise<string> => Promise.reject(new Error('no secret is needed here'));
const never = new AbortController().signal;

async function codeOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (thrown) {
    return errorData(thrown).code;
  }
  return 'no error';
}

describe('joinedMachines', () => {
  it('are those whose node the last phase found, not those that it looked for in vain', async () => {
    const { store, addCluster } = openWorld();
    const { id } = addCluster('home');
    const inventory = store.inventoryFor(id, noSecrets);
    await inventory.putStatus('node/m1', { version: 'v1.36.3', ready: true, reason: '' });
    await inventory.putStatus('node/m2', { version: 'v1.36.3', ready: false, reason: 'switched off' });
    await inventory.putStatus('node/m3', { version: '', ready: false, reason: 'it has not joined the cluster' });
    await inventory.putStatus('release', 'v1.36.3');
    expect([...joinedMachines(store, id)]).toEqual(['m1', 'm2']);
  });
});

describe('listClusters', () => {
  it('shows each with its last run and how that one is', () => {
    const { world, addCluster, start, finish } = openWorld();
    const [a, b] = [addCluster('a'), addCluster('b')];
    addCluster('c');
    start('r-1', a.id);
    finish('r-1', 'failed');
    start('r-2', a.id);
    finish('r-2', 'succeeded');
    start('r-3', b.id);
    const shown = listClusters(world).map(({ name, machines, lastRun }) => [
      name,
      machines,
      lastRun?.runId,
      lastRun?.state,
    ]);
    // Nobody holds the lease of r-3: its process is gone.
    expect(shown).toEqual([
      ['a', 1, 'r-2', 'succeeded'],
      ['b', 1, 'r-3', 'interrupted'],
      ['c', 1, undefined, undefined],
    ]);
    expect(listRuns(world, 'a').map(({ runId }) => runId)).toEqual(['r-2', 'r-1']);
  });
});

describe('clusterStatus', () => {
  it('shows machines of the spec, what exists, what was recorded and the last run', async () => {
    const { world, store, addCluster, start, finish } = openWorld();
    const { id } = addCluster('home');
    const inventory = store.inventoryFor(id, noSecrets);
    const etcd = { kind: 'container', key: 'node-1/etcd', where: 'node-1' };
    await inventory.recordArtefacts([etcd]);
    await inventory.putStatus('release', 'v1.36.3');
    start('r-1', id);
    finish('r-1', 'cancelled');
    expect(clusterStatus(world, 'home')).toMatchObject({
      cluster: { id, name: 'home', lastRun: { runId: 'r-1', state: 'cancelled' } },
      machines: [{ name: 'node-1', address: '192.0.2.1', facts: null }],
      certificates: [],
      status: { release: 'v1.36.3' },
      exists: [etcd],
      view: { status: 'cancelled' },
    });
  });

  it('needs no name where there is one cluster, and asks for it where there are more', async () => {
    const { world, addCluster } = openWorld();
    expect(await codeOf(() => clusterStatus(world, undefined))).toBe('run.cluster_not_named');
    addCluster('home');
    expect(clusterStatus(world, undefined).cluster.name).toBe('home');
    addCluster('other');
    expect(await codeOf(() => clusterStatus(world, undefined))).toBe('run.cluster_not_named');
    expect(await codeOf(() => clusterStatus(world, 'hoem'))).toBe('store.cluster_unknown');
  });
});

describe('readLogs', () => {
  it('answers the lines of the last run, or of one step, and follows to the end of a run that is over', async () => {
    const { world, store, addCluster, start } = openWorld();
    const { id } = addCluster('home');
    start('r-1', id);
    const log = store.openLog('r-1');
    log.write({ at: 1, step: 'docker/node-1', line: 'installing' });
    log.write({ at: 2, step: 'etcd/node-1', line: 'starting' });
    log[Symbol.dispose]();
    const read = async (which: { readonly step?: string; readonly follow: boolean }): Promise<readonly string[]> => {
      const lines: string[] = [];
      await readLogs(world, { cluster: 'home', ...which }, ({ line }) => lines.push(line), never);
      return lines;
    };
    expect(await read({ follow: false })).toEqual(['installing', 'starting']);
    expect(await read({ follow: false, step: 'etcd/node-1' })).toEqual(['starting']);
    expect(await read({ follow: true })).toEqual(['installing', 'starting']);
  });

  it('says so when there is no such run', async () => {
    const { world, addCluster } = openWorld();
    addCluster('home');
    const logs = (which: { readonly run?: string }) =>
      readLogs(world, { ...which, follow: false }, () => undefined, never);
    expect(await codeOf(() => logs({ run: 'r-9' }))).toBe('run.unknown');
    expect(await codeOf(() => logs({}))).toBe('run.unknown');
  });
});

describe('listReleases', () => {
  it('has one default, which is not a legacy one', () => {
    const defaults = listReleases().filter(({ isDefault }) => isDefault);
    expect(defaults.map(({ version, legacy }) => [version, legacy])).toEqual([['v1.36.3', false]]);
  });
});

describe('continueRun', () => {
  const refuse = { approveHostKeys: () => Promise.reject(new Error('nobody is to be asked')) };
  const observer = { started: () => undefined, event: () => undefined, log: () => undefined };
  const control = { cancel: never, leave: never };

  it.each([
    { which: { run: 'r-9' }, code: 'run.unknown', why: 'there is no such run' },
    { which: { cluster: 'hoem' }, code: 'store.cluster_unknown', why: 'there is no such cluster' },
    { which: { cluster: 'empty' }, code: 'run.unknown', why: 'the cluster has no run' },
    { which: { run: 'r-1' }, code: 'run.nothing_to_resume', why: 'the run has succeeded' },
    { which: { cluster: 'home' }, code: 'run.nothing_to_resume', why: 'the last run of the cluster has succeeded' },
    { which: {}, code: 'run.cluster_not_named', why: 'there are several clusters and none is named' },
  ])('refuses when $why', async ({ which, code }) => {
    const { world, addCluster, start, finish } = openWorld();
    addCluster('empty');
    start('r-1', addCluster('home').id);
    finish('r-1', 'succeeded');
    expect(await codeOf(() => continueRun(world, which, refuse, observer, control))).toBe(code);
  });
});
