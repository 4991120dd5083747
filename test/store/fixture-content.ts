import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import type { InventoryPort } from '#main/cluster/ports.ts';
import type { VmRecord } from '#main/cluster/provision/vm-record.ts';
import type { Store } from '#main/store/store.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import { NodeTemplate } from '#shared/spec/node-template.ts';

export const fixtureTime = Date.UTC(2026, 0, 2, 3, 4, 5);

export function writeFixturePassphrase(folder: string): string {
  const path = join(folder, 'passphrase');
  writeFileSync(path, 'fixture passphrase\n', { mode: 0o600 });
  return path;
}

const spec = v.parse(ClusterSpec, {
  apiVersion: 'slipway.dev/v1',
  kind: 'Cluster',
  metadata: { name: 'fixture' },
  spec: { machines: [{ name: 'node-1', address: '192.0.2.1', roles: ['etcd', 'controlplane', 'worker'] }] },
});

const facts: MachineFacts = {
  os: { id: 'debian', idLike: [], version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
  architecture: 'amd64',
  kernel: '6.1.0',
  hostname: 'node-1',
  machineId: '0123456789abcdef',
  cpus: 2,
  memoryMiB: 4096,
  cgroupVersion: 2,
  swapMiB: 0,
  freeMiB: { '/var/lib/docker': 10_000, '/var/lib/etcd': 10_000, '/var/lib/kubelet': 10_000, '/etc': 10_000 },
  addresses: ['192.0.2.1'],
  defaultAddress: '192.0.2.1',
  mtu: 1500,
  privilege: 'root',
  hasSystemd: true,
  packageManager: 'apt',
  resolvConf: '/etc/resolv.conf',
  docker: undefined,
  containerd: undefined,
  missingKernelModules: [],
};

const template = v.parse(NodeTemplate, { name: 'small', source: { vm: 'debian-13' }, networks: [{ network: 'LAN' }] });

const vm: VmRecord = {
  pool: 'workers',
  index: 0,
  instanceUuid: '503a0000-0000-4000-8000-000000000001',
  address: '192.0.2.10',
  staticAddresses: ['192.0.2.10'],
  hostKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC',
  placement: null,
  cloned: true,
  booted: false,
};

export const unresolved = (reference: string) => Promise.reject(new Error(`not asked for ${reference}`));

/**
 * At least one row in every table.
 * @param version Only what a database of this version could hold.
 */
export async function fillInventory(store: Store, version = Infinity): Promise<void> {
  const { id } = store.clusters.create({ spec, release: 'v1.36.3' });
  store.leases.acquire(id, 'run-1');
  store.knownHosts.pin([
    { address: '192.0.2.1', port: 22, hostKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB', approval: 'approved' },
  ]);
  await store.secrets.put('registry/password', 'named secret of the fixture', { replace: true });
  await fillCluster(store.inventoryFor(id, unresolved));
  fillJournal(store, id);
  if (version >= 20) await fillVsphere(store, id);
  if (version >= 30) fillWizard(store);
}

function fillWizard(store: Store): void {
  const text = 'metadata:\n  name: small\n';
  store.profiles.put(
    { name: 'small', description: 'Of the fixture', text, release: 'v1.36.3', machines: 3 },
    { replace: false },
  );
  store.drafts.put({ id: 'd-1', title: 'begun', content: { step: 'where' } });
  store.preferences.update({ theme: 'dark' });
}

async function fillVsphere(store: Store, clusterId: string): Promise<void> {
  const credential = { name: 'lab', kind: 'vsphere', address: 'vcenter.example', user: 'ann@example' } as const;
  const trust = { kind: 'thumbprint', sha256: 'AB:CD' } as const;
  const secrets = { password: 'password of the fixture', proxyPassword: 'proxy password of the fixture' };
  await store.credentials.create({ ...credential, trust, proxy: 'http://ann@proxy.example:3128' }, secrets);
  store.templates.put(template, { replace: false });
  await store.inventoryFor(clusterId, unresolved).putVm('node-2', vm);
}

async function fillCluster(inventory: InventoryPort): Promise<void> {
  await inventory.putFacts('node-1', facts);
  await inventory.putNodeConfig('node-1', { clusterId: 'fixture' });
  await inventory.putCertificates([
    { name: 'kube-ca', certificatePem: 'certificate of the fixture', keyPem: 'key of the fixture' },
    { name: 'foreign-ca', certificatePem: 'certificate of somebody else', keyPem: '' },
  ]);
  await inventory.putSecret('service-account', 'secret of the fixture');
  await inventory.putKubeconfig('kubeconfig of the fixture');
  await inventory.putImageDigest('registry.example/pause:3.10', 'sha256:0123');
  await inventory.recordArtefacts([{ kind: 'container', key: 'node-1/etcd', where: 'node-1' }]);
  await inventory.putStatus('node-1', { ready: true });
}

function fillJournal(store: Store, clusterId: string): void {
  const plan = { operation: 'create', clusterId, phases: [], steps: [] };
  for (const runId of ['run-0', 'run-1']) {
    store.journal.start({ runId, clusterId, plan, document: spec }, { type: 'run.started', runId, plan });
  }
  const metrics = { elapsedMs: 1000, peakRssBytes: 100_000_000, eventLoopDelayP99Ms: 12, mutations: 3 };
  store.journal.append('run-0', [
    { type: 'step.succeeded', step: 'open-ssh/node-1' },
    { type: 'run.finished', outcome: 'succeeded', metrics },
  ]);
}

/** Everything in an inventory that a user would miss, as plain values. */
export async function readInventory(store: Store): Promise<unknown> {
  const cluster = store.clusters.get('fixture');
  const inventory = store.inventoryFor(cluster.id, unresolved);
  return {
    cluster: { ...cluster, id: 'c-…' },
    runs: store.runs.list(cluster.id).map((run) => ({ ...run, clusterId: 'c-…' })),
    events: ['run-0', 'run-1'].map((runId) => store.journal.load(runId)?.events.map(({ type }) => type)),
    knownHosts: store.knownHosts.list(),
    named: await store.secrets.get('registry/password'),
    certificates: await inventory.certificates(),
    secret: await inventory.secret('service-account'),
    kubeconfig: await inventory.kubeconfig(),
    digests: await inventory.imageDigests(),
    nodeConfig: await inventory.nodeConfig('node-1'),
    machines: store.viewOf(cluster.id).machines(),
    artefacts: store.viewOf(cluster.id).artefacts(),
    statuses: store.viewOf(cluster.id).statuses(),
    vms: store.viewOf(cluster.id).vms(),
    credentials: store.credentials.list(),
    passwords: await Promise.all(store.credentials.list().map(({ name }) => store.credentials.secrets(name))),
    templates: store.templates.list(),
    profiles: store.profiles.list().map(({ name }) => store.profiles.find(name)),
    drafts: store.drafts.list().map(({ id }) => store.drafts.find(id)),
    settings: store.preferences.get(),
  };
}
