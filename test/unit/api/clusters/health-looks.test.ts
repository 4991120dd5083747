import { describe, expect, it, onTestFinished } from 'vitest';
import { clusterHealth, healthSessions } from '#main/api/clusters/health.ts';
import type { KubeObject } from '#main/cluster/ports.ts';
import { manualClock } from '#test/fakes/clock.ts';
import { openWorld } from '#test/unit/api/world-for-test.ts';
import { clusterCa, fakeServer, json } from '#test/unit/kube/fake-servers.ts';
import { privateCa } from '#test/unit/kube/private-ca.ts';
import { specNamed } from '#test/unit/store/home-for-test.ts';
import { sshGateway } from './ssh-gateway.ts';

const never = new AbortController().signal;
const admin = clusterCa.issue({ commonName: 'kube-admin', organization: 'system:masters' });
const kinds = (...names: readonly string[]) =>
  json({ resources: names.map((kind) => ({ name: `${kind.toLowerCase()}s`, kind, namespaced: kind !== 'Node' })) });
const list = (...items: readonly object[]) => json({ metadata: { resourceVersion: '1' }, items });

function workload(kind: string, namespace: string, name: string, pods: number): KubeObject {
  const status = kind === 'DaemonSet' ? { desiredNumberScheduled: pods, numberAvailable: pods } : {};
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: { replicas: pods },
    status: { availableReplicas: pods, ...status },
  };
}

/** As the deployer of an add-on leaves it. */
function holder(name: string, made: readonly KubeObject[]): KubeObject {
  const refs = made.map(({ apiVersion, kind, metadata }) => {
    return { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
  });
  const annotations = { 'slipway.dev/inventory': JSON.stringify(refs) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system', annotations } };
}

const coredns = workload('Deployment', 'kube-system', 'coredns', 2);
const shop = workload('StatefulSet', 'shop', 'database', 3);
const ghost = workload('Deployment', 'shop', 'ghost', 1);

/** A cluster of one machine: real SSH to it, and a real HTTPS server behind. */
async function looking() {
  const api = await fakeServer();
  onTestFinished(() => api.close());
  const gateway = await sshGateway(api.port);
  const system = '/apis/apps/v1/namespaces/kube-system';
  for (const [path, handler] of [
    ['/api/v1', kinds('Node', 'ConfigMap')],
    ['/apis/apps/v1', kinds('Deployment', 'DaemonSet', 'StatefulSet')],
    ['/api/v1/nodes', list()],
    [`${system}/deployments`, list(coredns)],
    [`${system}/daemonsets`, list()],
    ['/api/v1/namespaces/kube-system/configmaps', list(holder('rke-coredns-addon', [coredns]))],
  ] as const) {
    api.script.set(`GET ${path}`, [handler]);
  }
  const clock = manualClock();
  const { world, store } = openWorld(clock);
  const spec = specNamed('home');
  const machine = {
    address: '127.0.0.1',
    port: gateway.port,
    auth: { kind: 'password', password: 'vault:p' },
  } as const;
  spec.spec.machines = spec.spec.machines.map((one) => ({ ...one, ...machine }));
  const { id } = store.clusters.create({ spec, release: 'v1.36.3' });
  await store.secrets.put('p', 'hunter2', { replace: true });
  store.knownHosts.pin([{ address: '127.0.0.1', port: gateway.port, hostKey: gateway.hostKey, approval: 'approved' }]);
  const inventory = store.inventoryFor(id, () => Promise.resolve(''));
  const issue = (ca: string, own: { readonly certificate: string; readonly key: string }) =>
    inventory.putCertificates([
      { name: 'kube-ca', certificatePem: ca, keyPem: 'k' },
      { name: 'kube-admin', certificatePem: own.certificate, keyPem: own.key },
    ]);
  await issue(clusterCa.ca, admin);
  const sessions = healthSessions(clock);
  onTestFinished(() => sessions[Symbol.asyncDispose]());
  const look = () => clusterHealth(world, sessions, 'home', never);
  return { api, gateway, clock, store, id, issue, sessions, look };
}

describe('looks at the health of a cluster', () => {
  it('share one SSH connection as long as somebody looks, and close it some time after the last one', async () => {
    const { gateway, clock, look } = await looking();
    for (let looks = 0; looks < 5; looks += 1) {
      expect(await look()).toMatchObject({ reachable: true, addons: [{ name: 'coredns', available: 2 }] });
      await clock.advance(30_000);
    }
    expect([gateway.logins(), gateway.open()]).toEqual([1, 1]);
    await clock.advance(90_000);
    await gateway.empty();
    await look();
    expect(gateway.logins()).toBe(2);
  });

  it('end with the process', async () => {
    const { gateway, look, sessions, clock } = await looking();
    await look();
    expect(gateway.open()).toBe(1);
    await sessions[Symbol.asyncDispose]();
    await gateway.empty();
    expect(clock.sleeping()).toBe(0);
  });

  it('connect again after a loss, without an answer that says otherwise', async () => {
    const { gateway, look } = await looking();
    await look();
    gateway.cut();
    await gateway.empty();
    expect((await look()).reachable).toBe(true);
    expect(gateway.logins()).toBe(2);
  });

  it('tell of a cluster that fails meanwhile, and of one that is back', async () => {
    const { api, look } = await looking();
    const nodes = 'GET /api/v1/nodes';
    const answers = api.script.get(nodes) ?? [];
    await look();
    api.script.set(nodes, [json({ kind: 'Status', message: 'no' }, 403)]);
    expect(await look()).toMatchObject({ reachable: false, error: { code: 'kube.forbidden' }, addons: [] });
    api.script.set(nodes, answers);
    expect((await look()).reachable).toBe(true);
  });

  it('use the certificates that a run has made since', async () => {
    const { look, issue, store, id } = await looking();
    await look();
    const plan = { operation: 'rotate', clusterId: id, phases: [], steps: [] };
    const run = { runId: 'r-1', clusterId: id, plan, document: null };
    const other = privateCa('another-ca');
    store.journal.start(run, { type: 'run.started', runId: 'r-1', plan });
    await issue(other.ca, other.issue({ commonName: 'kube-admin' }));
    store.journal.append('r-1', [{ type: 'step.succeeded', step: 's' }]);
    expect((await look()).error?.code).toBe('kube.tls'); // the server has still the old CA
  });

  it('go by the spec as it is now', async () => {
    const { look, store, id } = await looking();
    expect((await look()).nodes.map(({ name }) => name)).toEqual(['node-1']);
    const { spec, release } = store.clusters.get(id);
    const [first] = spec.spec.machines;
    if (!first) throw new Error('There is no machine.');
    const machines = [...spec.spec.machines, { ...first, name: 'node-2', roles: ['worker' as const] }];
    store.clusters.updateSpec(id, { spec: { ...spec, spec: { ...spec.spec, machines } }, release });
    expect((await look()).nodes.map(({ name }) => name)).toEqual(['node-1', 'node-2']);
  });

  it('count what add-ons of the spec have made in any namespace, and what of it is gone', async () => {
    const { api, look } = await looking();
    const holders = [holder('rke-coredns-addon', [coredns]), holder('rke-user-addon', [shop, ghost])];
    api.script.set('GET /api/v1/namespaces/kube-system/configmaps', [list(...holders)]);
    api.script.set('GET /apis/apps/v1/namespaces/shop/statefulsets/database', [json(shop)]);
    api.script.set('GET /apis/apps/v1/namespaces/shop/deployments/ghost', [json({ kind: 'Status' }, 404)]);
    expect((await look()).addons).toEqual([
      { name: 'coredns', namespace: 'kube-system', wanted: 2, available: 2 },
      { name: 'database', namespace: 'shop', wanted: 3, available: 3 },
      { name: 'ghost', namespace: 'shop', wanted: 1, available: 0 },
    ]);
  });
});
