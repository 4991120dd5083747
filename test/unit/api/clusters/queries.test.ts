import { describe, expect, it } from 'vitest';
import { clusterStatus, listClusters, listRuns } from '#main/api/clusters/queries.ts';
import { errorData } from '#shared/errors/define.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

const noSecrets = (): Promise<string> => Promise.reject(new Error('no secret is needed here'));

async function codeOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (thrown) {
    return errorData(thrown).code;
  }
  return 'no error';
}

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
