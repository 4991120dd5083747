import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clusterHealth, healthSessions } from '#main/api/clusters/health.ts';
import { nodeHost } from '#main/apps/node-host.ts';
import { specNamed } from '#test/unit/store/home-for-test.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';

const never = new AbortController().signal;

/** A cluster of one machine whose SSH port is this. */
function clusterAt(port: number) {
  const opened = openWorld(nodeHost().clock);
  const spec = specNamed('home');
  spec.spec.machines = [
    {
      ...spec.spec.machines[0],
      name: 'node-1',
      roles: ['etcd', 'controlplane'],
      labels: {},
      taints: [],
      address: '127.0.0.1',
      port,
      auth: { kind: 'password', password: 'vault:p' },
    },
  ];
  const { id } = opened.store.clusters.create({ spec, release: 'v1.36.3' });
  const sessions = healthSessions(opened.world.clock);
  onTestFinished(() => sessions[Symbol.asyncDispose]());
  const look = (signal = never, name = 'home') => clusterHealth(opened.world, sessions, name, signal);
  return { ...opened, id, look };
}

async function withCertificates({ store, id }: ReturnType<typeof clusterAt>): Promise<void> {
  await store.secrets.put('p', 'hunter2', { replace: true });
  const inventory = store.inventoryFor(id, () => Promise.resolve(''));
  await inventory.putCertificates(
    ['kube-ca', 'kube-admin'].map((name) => ({ name, certificatePem: 'c', keyPem: 'k' })),
  );
}

/** Accepts connections and says nothing. */
async function silentServer(): Promise<number> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('the health of a cluster that does not answer', () => {
  it('is an answer that says why, for one that was never built', async () => {
    const { look } = clusterAt(1);
    const health = await look();
    expect(health).toMatchObject({ reachable: false, error: { code: 'certificate.missing' }, nodes: [], addons: [] });
  });

  it('names the machines that nobody answers on', async () => {
    const opened = clusterAt(1); // nothing listens there
    await withCertificates(opened);
    const health = await opened.look();
    expect([health.reachable, health.error?.code]).toEqual([false, 'kube.unreachable']);
    expect(JSON.stringify(health.error)).toContain('ssh.');
  });

  it('comes within the deadline of the settings, whatever the machine does', async () => {
    const opened = clusterAt(await silentServer());
    await withCertificates(opened);
    opened.store.preferences.update({ healthDeadlineSeconds: 1 });
    const before = Date.now();
    const health = await opened.look();
    expect(health).toMatchObject({
      reachable: false,
      error: { code: 'health.deadline', params: { withinSeconds: 1 } },
    });
    expect(Date.now() - before).toBeLessThan(5000);
  });

  it('is no answer to a question that was withdrawn, or about a cluster that nobody knows', async () => {
    const { look } = clusterAt(1);
    await expect(look(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    await expect(look(never, 'other')).rejects.toMatchObject({ code: 'store.cluster_unknown' });
  });
});
