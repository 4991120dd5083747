import { describe, expect, it } from 'vitest';
import { joinedMachines } from '#main/api/runs/joined-machines.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

const noSecrets = (): Promise<string> => Promise.reject(new Error('no secret is needed here'));

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
