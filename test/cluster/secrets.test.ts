import { parse, stringify } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '#test/lab/lab.ts';
import { openInventory, type Inventory } from './support/inventory.ts';
import { Kubectl } from './support/kubectl.ts';
import { Person, told, type Ended } from './support/person.ts';
import { watchArguments } from './support/process-arguments.ts';
import { findSecrets, onThisComputer, type Places } from './support/secret-search.ts';

const name = 'sealed';
const ofAddOn = 'a value that only an add-on knows';

let lab: Lab;
let person: Person;
let kubectl: Kubectl;
let inventory: Inventory;
let created: Ended;
let kubeconfig: string;
let seenArguments: string;

// What every test below speaks of: a run that used every kind of secret there is, seen from everywhere.
beforeAll(async () => {
  await using stack = new AsyncDisposableStack();
  lab = await Lab.up({ name: 'cluster-secrets', machines: ['node-1', 'node-2'] });
  stack.defer(() => lab.down());
  person = stack.use(await Person.arrive());
  const passwordFile = await person.write('ssh-password', `${lab.ssh.password}\n`);
  await person.write('with-secret.yaml', stringify(secret('of-add-on', ofAddOn)));
  const specFile = await person.writeSpec(name, {
    ...lab.specFragment({ registry: 'secure' }),
    machines: [
      lab.machineSpec('node-1', ['etcd', 'controlplane', 'worker']),
      { ...lab.machineSpec('node-2', ['worker']), auth: { kind: 'password', password: `file:${passwordFile}` } },
    ],
    api: { secretsEncryption: true, audit: { enabled: true } },
    addons: [{ from: 'file', name: 'with-secret', path: 'with-secret.yaml' }],
  });
  const argumentsUntilNow = await watchArguments(lab);
  created = await person.slipway('up', '-f', specFile, '--yes', '--json');
  seenArguments = await argumentsUntilNow();
  if (created.exitCode === 0) {
    inventory = await openInventory(person, name);
    stack.defer(() => inventory.close());
    kubeconfig = await person.exportKubeconfig(name);
    kubectl = stack.use(await Kubectl.with(kubeconfig));
    // What a person types to see what is going on must not show any either.
    for (const args of [
      ['status', name],
      ['status', name, '--json'],
      ['logs', name],
      ['logs', name, '--json'],
    ]) {
      await person.succeed(...args);
    }
  }
  const kept = stack.move();
  return () => kept.disposeAsync();
});

function secret(called: string, value: string): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: called, namespace: 'default' }, stringData: { value } };
}

async function allSecrets(): Promise<ReadonlyMap<string, string>> {
  const { users } = parse(await person.read(kubeconfig)) as { users: { user: Record<string, string> }[] };
  const clientKey = Buffer.from(users[0]?.user['client-key-data'] ?? '', 'base64').toString('utf8');
  return new Map([
    ...inventory.secrets,
    ['client key of the kubeconfig', clientKey],
    ['registry password', lab.registries.secure.password],
    ['SSH password', lab.ssh.password],
    ['SSH private key', lab.ssh.privateKey],
    ['passphrase of the vault', person.passphrase],
    ['Secret of an add-on', ofAddOn],
  ]);
}

async function onMachines(): Promise<Places> {
  const places = new Map([['arguments and environments of processes', seenArguments]]);
  for (const machine of Object.values(lab.machines)) {
    places.set(`docker inspect on ${machine.name}`, await machine.run('docker inspect $(docker ps -aq)'));
    places.set(`logs of containers on ${machine.name}`, await machine.run(logs));
    places.set(`/etc/slipway on ${machine.name}`, await machine.run('find /etc/slipway -type f -exec cat {} +'));
    places.set(`journal of ${machine.name}`, await machine.run('journalctl --no-pager --output cat'));
  }
  return places;
}

const logs = 'for id in $(docker ps -aq); do docker logs $id 2>&1; done';

async function inCluster(): Promise<Places> {
  const kinds = 'configmaps,pods,jobs,daemonsets,deployments,nodes,events,serviceaccounts';
  return new Map([
    ['objects of the cluster', await kubectl.run(['get', kinds, '--all-namespaces', '--output', 'yaml'])],
    ['the audit log', await lab.machine('node-1').run(auditLog)],
  ]);
}

const auditLog = 'cat /var/log/kube-audit/*';

describe('a run with every kind of secret', () => {
  it('ends well through a registry with a login and a machine with a password', () => {
    expect(created.exitCode, told(created)).toBe(0);
  });

  it('knows all of them: otherwise nothing below is proved', async () => {
    const secrets = await allSecrets();
    expect([...secrets.values()].filter((value) => value.length < 16)).toEqual([]);
    expect([...secrets].filter(([, value]) => value.includes('PRIVATE KEY')).length).toBeGreaterThan(15);
    expect(secrets.get('client key of the kubeconfig')).toBe(secrets.get('key of kube-admin'));
    // The search does find what is there.
    const files = await lab.machine('node-1').run('cat /etc/kubernetes/ssl/* /etc/kubernetes/encryption.yaml');
    const found = findSecrets(inventory.secrets, new Map([['the control plane', files]]), inventory.certificates);
    expect(found.length).toBeGreaterThan(5);
  });

  it('leaves none of them in inventory, journal, logs or output', async () => {
    expect(inventory.spec.metadata.name).toBe(name);
    expect(findSecrets(await allSecrets(), await onThisComputer(person, inventory), inventory.certificates)).toEqual(
      [],
    );
  });

  it('leaves none of them in containers, arguments, environments or logs of the machines', async () => {
    expect(findSecrets(await allSecrets(), await onMachines(), inventory.certificates)).toEqual([]);
  });

  it('leaves none of them in the objects of the cluster or in the audit log', async () => {
    expect(findSecrets(await allSecrets(), await inCluster(), inventory.certificates)).toEqual([]);
  });
});

describe('a Secret in the cluster', () => {
  const value = 'nobody but the API server may read this';

  beforeAll(async () => {
    await kubectl.apply(JSON.stringify(secret('kept', value)));
  });

  it('is sealed in etcd', async () => {
    const etcdctl = [
      'docker',
      'exec',
      'etcd',
      'etcdctl',
      'get',
      '/registry/secrets/default/kept',
      '--print-value-only',
    ];
    const raw = await lab.machine('node-1').run(etcdctl);
    expect(raw.slice(0, 31)).toMatch(/^k8s:enc:secretbox:v1:key-1:/);
    expect(raw).not.toContain('nobody but');
    const read = await kubectl.json<{ data: { value: string } }>('get', 'secret', 'kept');
    expect(Buffer.from(read.data.value, 'base64').toString('utf8')).toBe(value);
  });

  it('has its creation in the audit log, without its content', async () => {
    const log = await lab.machine('node-1').run(auditLog);
    const entries = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditEntry)
      .filter(({ objectRef }) => objectRef?.resource === 'secrets' && objectRef.name === 'kept');
    expect(entries.map(({ verb, user, responseStatus }) => [verb, user.username, responseStatus?.code])).toContainEqual(
      [expect.stringMatching(/^(create|patch)$/), 'kube-admin', 201],
    );
    expect(findSecrets(new Map([['the Secret', value]]), new Map([['the audit log', log]]), [])).toEqual([]);
  });
});

interface AuditEntry {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly name?: string };
  readonly responseStatus?: { readonly code: number };
}
