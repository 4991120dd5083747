import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { InventoryPort } from '#main/cluster/ports.ts';
import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import { openVault } from '#main/secrets/vault.ts';
import { MemoryKeychain, type OpenedStore, openStore, specNamed, temporaryHome } from './home-for-test.ts';

const unresolved = () => Promise.reject(new Error('not asked for'));

function openInventory(): OpenedStore & { id: string; inventory: InventoryPort } {
  const opened = openStore();
  const { id } = opened.store.clusters.create({ spec: specNamed('a'), release: 'v1.36.3' });
  return { ...opened, id, inventory: opened.store.inventoryFor(id, unresolved) };
}

/** Every byte of every file in the home folder. */
function allBytes(home: string): Buffer {
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
}

const keyPem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAvHbq3zq1m9a1Zk4u\n-----END RSA PRIVATE KEY-----\n';
const facts: MachineFacts = {
  os: { id: 'debian', idLike: [], version: '12', name: 'Debian' },
  architecture: 'amd64',
  kernel: '6.1',
  hostname: 'node-1',
  machineId: 'abc',
  cpus: 2,
  memoryMiB: 4096,
  cgroupVersion: 2,
  swapMiB: 0,
  freeMiB: { '/var/lib/docker': 1, '/var/lib/etcd': 2, '/var/lib/kubelet': 3, '/etc': 4 },
  addresses: ['192.0.2.1'],
  defaultAddress: '192.0.2.1',
  mtu: 1500,
  privilege: 'root',
  hasSystemd: true,
  packageManager: 'apt',
  resolvConf: '/etc/resolv.conf',
  docker: undefined,
  containerd: { version: '1.7.24' },
  missingKernelModules: [],
};

describe('the inventory of a cluster', () => {
  it('is empty at first', async () => {
    const { inventory } = openInventory();
    expect(await inventory.certificates()).toEqual(new Map());
    expect(await inventory.imageDigests()).toEqual(new Map());
    expect([
      await inventory.secret('x'),
      await inventory.facts('node-1'),
      await inventory.nodeConfig('node-1'),
      await inventory.kubeconfig(),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('gives back what was put, the newest of each name', async () => {
    const { inventory } = openInventory();
    const ca = { name: 'kube-ca', certificatePem: 'CERT', keyPem };
    await inventory.putCertificates([{ ...ca, certificatePem: 'OLD' }]);
    await inventory.putCertificates([ca, { name: 'foreign', certificatePem: 'CERT 2', keyPem: '' }]);
    await inventory.putSecret('service-account', 'first');
    await inventory.putSecret('service-account', 'second');
    await inventory.putFacts('node-1', facts);
    await inventory.putNodeConfig('node-1', { a: [1, null] });
    await inventory.putImageDigest('pause:3', 'sha256:1');
    await inventory.putKubeconfig('apiVersion: v1\n');
    expect({
      certificates: await inventory.certificates(),
      secret: await inventory.secret('service-account'),
      facts: await inventory.facts('node-1'),
      nodeConfig: await inventory.nodeConfig('node-1'),
      digests: await inventory.imageDigests(),
      kubeconfig: await inventory.kubeconfig(),
    }).toEqual({
      certificates: new Map([
        ['foreign', { name: 'foreign', certificatePem: 'CERT 2', keyPem: '' }],
        ['kube-ca', ca],
      ]),
      secret: 'second',
      facts,
      nodeConfig: { a: [1, null] },
      digests: new Map([['pause:3', 'sha256:1']]),
      kubeconfig: 'apiVersion: v1\n',
    });
  });

  it('is kept apart from that of other clusters', async () => {
    const { store, inventory } = openInventory();
    const other = store.clusters.create({ spec: specNamed('b'), release: 'v1.36.3' });
    await inventory.putSecret('x', 'of a');
    await inventory.putFacts('node-1', facts);
    const otherInventory = store.inventoryFor(other.id, unresolved);
    expect([await otherInventory.secret('x'), await otherInventory.facts('node-1')]).toEqual([undefined, undefined]);
  });

  it('writes all certificates or none', async () => {
    const { inventory } = openInventory();
    const bad = { name: 'bad', certificatePem: null as unknown as string, keyPem: '' };
    await expect(inventory.putCertificates([{ name: 'good', certificatePem: 'C', keyPem: '' }, bad])).rejects.toThrow();
    expect(await inventory.certificates()).toEqual(new Map());
  });

  it('remembers artefacts until they are gone, and shows all without opening the vault', async () => {
    const home = temporaryHome();
    const { store } = openStore({ home, openVault: () => Promise.reject(new Error('no keychain here')) });
    const { id } = store.clusters.create({ spec: specNamed('a'), release: 'v1.36.3' });
    const inventory = store.inventoryFor(id, unresolved);
    const etcd = { kind: 'container', key: 'node-1/etcd', where: 'node-1' };
    const kubelet = { ...etcd, key: 'node-1/kubelet' };
    await inventory.recordArtefacts([kubelet, etcd]);
    await inventory.recordArtefacts([etcd]);
    await inventory.forgetArtefacts([kubelet]);
    await inventory.forgetArtefacts([kubelet]);
    await inventory.putStatus('node-1', { ready: true });
    await inventory.putCertificates([]).catch(() => undefined);
    await inventory.putFacts('node-1', facts);
    await inventory.putNodeConfig('node-2', {});
    const view = store.viewOf(id);
    expect({
      artefacts: view.artefacts(),
      statuses: view.statuses(),
      machines: view.machines(),
      certificates: view.certificates(),
    }).toEqual({
      artefacts: [etcd],
      statuses: { 'node-1': { ready: true } },
      machines: [
        { name: 'node-1', facts },
        { name: 'node-2', facts: undefined },
      ],
      certificates: [],
    });
  });
});

describe('secrets in the inventory', () => {
  it('are nowhere in the files, in no encoding', async () => {
    const { home, store, inventory } = openInventory();
    const secrets = [keyPem, 'hunter2-service-account', 'hunter2-named', 'token: hunter2-kubeconfig'];
    const [key = '', secret = '', named = '', kubeconfig = ''] = secrets;
    await inventory.putCertificates([{ name: 'kube-ca', certificatePem: 'CERT', keyPem: key }]);
    await inventory.putSecret('service-account', secret);
    await store.secrets.put('registry', named, { replace: true });
    await inventory.putKubeconfig(kubeconfig);
    using log = store.openLog('run-1');
    for (const line of [...key.split('\n'), secret, named]) log.write({ at: 1, step: 's', line: `got ${line}` });
    log.flush();

    const searched = allBytes(home);
    expect(searched.includes('CERT')).toBe(true); // we do look at the right bytes, those of the -wal included
    const found = [...secrets, 'MIIEpAIBAAKCAQEAvHbq3zq1m9a1Zk4u', 'hunter2'].flatMap((text) =>
      [text, Buffer.from(text).toString('base64').replace(/=+$/, ''), Buffer.from(text).toString('hex')].filter(
        (form) => searched.includes(form),
      ),
    );
    expect(found).toEqual([]);
    expect(readFileSync(join(home, 'runs', 'run-1.ndjson'), 'utf8')).toContain('got [redacted]');
  });

  it('are told to the redactor when they are read', async () => {
    const keychain = new MemoryKeychain();
    const home = temporaryHome();
    const openHere = () => openVault({ home, keychain });
    const first = openStore({ home, openVault: openHere });
    const { id } = first.store.clusters.create({ spec: specNamed('a'), release: 'v1.36.3' });
    await first.store.inventoryFor(id, unresolved).putSecret('x', 'hunter2');
    await first.store.secrets.put('y', 'hunter3', { replace: true });

    const redactor = (await import('#main/secrets/redactor.ts')).createRedactor();
    const second = openStore({ home, openVault: openHere, redaction: redactor });
    const before = redactor.redact('hunter2 hunter3');
    await second.store.inventoryFor(id, unresolved).secret('x');
    await second.store.secrets.get('y');
    expect([before, redactor.redact('hunter2 hunter3')]).toEqual(['hunter2 hunter3', '[redacted] [redacted]']);
  });

  it('do not open when their row was moved to another cluster', async () => {
    const { home, store, inventory, id } = openInventory();
    const other = store.clusters.create({ spec: specNamed('b'), release: 'v1.36.3' });
    await inventory.putSecret('x', 'hunter2');
    const raw = new Sqlite(join(home, 'slipway.db'));
    raw.prepare('UPDATE cluster_secrets SET cluster_id = ? WHERE cluster_id = ?').run(other.id, id);
    raw.close();
    const moved = store.inventoryFor(other.id, unresolved).secret('x');
    await expect(moved).rejects.toMatchObject({ code: 'secrets.tampered' });
  });

  it('are not mixed with those of a new vault beside the old database', async () => {
    const home = temporaryHome();
    const first = openStore({ home });
    await first.store.secrets.put('a', 'hunter2', { replace: true });
    const elsewhere = temporaryHome();
    const openAnother = () => openVault({ home: elsewhere, keychain: new MemoryKeychain() });
    const second = openStore({ home, openVault: openAnother });
    await expect(second.store.secrets.put('b', 'x', { replace: true })).rejects.toMatchObject({
      code: 'store.other_vault',
    });
    expect(second.store.secrets.names()).toEqual(['a']);
  });

  it('ask for the vault again after it could not be opened', async () => {
    const home = temporaryHome();
    const keychain = new MemoryKeychain();
    let locked = true;
    const { store } = openStore({
      home,
      openVault: () => (locked ? Promise.reject(new Error('locked')) : openVault({ home, keychain })),
    });
    await expect(store.secrets.put('a', 'hunter2', { replace: true })).rejects.toThrow('locked');
    locked = false;
    await store.secrets.put('a', 'hunter2', { replace: true });
    expect(await store.secrets.get('a')).toBe('hunter2');
  });

  it('by name can be listed and removed', async () => {
    const { store } = openStore();
    await store.secrets.put('b', 'hunter2', { replace: true });
    await store.secrets.put('a', 'hunter2', { replace: true });
    const names = store.secrets.names();
    store.secrets.remove('b');
    expect([names, store.secrets.names(), await store.secrets.get('b')]).toEqual([['a', 'b'], ['a'], undefined]);
  });
});
