import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clusterHealth } from '#main/api/clusters/health.ts';
import { addonsOf, nodesOf, versionOf } from '#main/api/clusters/health-of-objects.ts';
import { nodeHost } from '#main/apps/node-host.ts';
import type { KubeObject } from '#main/cluster/ports.ts';
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
  return { ...opened, id };
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
    const { world } = clusterAt(1);
    const health = await clusterHealth(world, 'home', never);
    expect(health).toMatchObject({ reachable: false, error: { code: 'certificate.missing' }, nodes: [], addons: [] });
  });

  it('names the machines that nobody answers on', async () => {
    const opened = clusterAt(1); // nothing listens there
    await withCertificates(opened);
    const health = await clusterHealth(opened.world, 'home', never);
    expect([health.reachable, health.error?.code]).toEqual([false, 'kube.unreachable']);
    expect(JSON.stringify(health.error)).toContain('ssh.');
  });

  it('comes within the deadline of the settings, whatever the machine does', async () => {
    const opened = clusterAt(await silentServer());
    await withCertificates(opened);
    opened.store.preferences.update({ healthDeadlineSeconds: 1 });
    const before = Date.now();
    const health = await clusterHealth(opened.world, 'home', never);
    expect(health).toMatchObject({
      reachable: false,
      error: { code: 'health.deadline', params: { withinSeconds: 1 } },
    });
    expect(Date.now() - before).toBeLessThan(5000);
  });

  it('is no answer to a question that was withdrawn, or about a cluster that nobody knows', async () => {
    const { world } = clusterAt(1);
    await expect(clusterHealth(world, 'home', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    await expect(clusterHealth(world, 'other', never)).rejects.toMatchObject({ code: 'store.cluster_unknown' });
  });
});

function node(name: string, role: string, version: string, status: object, spec: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [`node-role.kubernetes.io/${role}`]: 'true', other: 'x' } },
    spec: { ...spec },
    status: {
      nodeInfo: { kubeletVersion: version },
      addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
      ...status,
    },
  };
}
const ready = { conditions: [{ type: 'Ready', status: 'True', message: 'kubelet is posting ready status' }] };

describe('what the objects of a cluster say', () => {
  it('is one row per node and machine, with the problems in the cluster’s own words', () => {
    const conditions = [
      { type: 'Ready', status: 'False', message: 'network not ready' },
      { type: 'DiskPressure', status: 'True', message: 'disk is full' },
    ];
    const nodes = [
      node('b', 'worker', 'v1.36.3', { conditions }, { unschedulable: true }),
      node('a', 'controlplane', 'v1.36.3', ready),
    ];
    const missing = {
      name: 'c',
      address: '192.0.2.3',
      internalIp: '192.0.2.3',
      roles: ['worker' as const],
      labels: {},
      taints: [],
    };
    expect(nodesOf(nodes, [missing])).toEqual([
      { name: 'a', ready: true, roles: ['controlplane'], version: 'v1.36.3', address: '192.0.2.1', problems: [] },
      {
        name: 'b',
        ready: false,
        roles: ['worker'],
        version: 'v1.36.3',
        address: '192.0.2.1',
        problems: ['network not ready', 'DiskPressure: disk is full', 'It takes no new pods (cordoned).'],
      },
      {
        name: 'c',
        ready: false,
        roles: ['worker'],
        version: '',
        address: '192.0.2.3',
        problems: ['It is no node of the cluster.'],
      },
    ]);
  });

  it('has the version that the whole control plane has reached', () => {
    const versions = ['v1.36.10', 'v1.36.9'].map((version, n) => node(`c${n}`, 'controlplane', version, ready));
    expect(versionOf([...versions, node('w', 'worker', 'v1.35.0', ready)])).toBe('v1.36.9');
    expect(versionOf([])).toBeUndefined();
  });

  it('counts the pods of add-ons', () => {
    const metadata = { name: 'coredns', namespace: 'kube-system' };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 2 },
      status: { availableReplicas: 1 },
    };
    const daemons = {
      ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { ...metadata, name: 'a-flannel' } },
      status: { desiredNumberScheduled: 3 },
    };
    expect(addonsOf([deployment], [daemons])).toEqual([
      { name: 'a-flannel', namespace: 'kube-system', wanted: 3, available: 0 },
      { name: 'coredns', namespace: 'kube-system', wanted: 2, available: 1 },
    ]);
  });
});
