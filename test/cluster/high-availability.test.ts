import { parse } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '#test/lab/lab.ts';
import { until } from '#test/lab/until.ts';
import { Kubectl } from './support/kubectl.ts';
import { changesOf, metricsOf, Person, told, type Ended } from './support/person.ts';

const name = 'three';
const machines = ['node-1', 'node-2', 'node-3'];

let lab: Lab;
let person: Person;
let kubectl: Kubectl;
let specFile: string;
let kubeconfig: string;
let created: Ended;

beforeAll(async () => {
  await using stack = new AsyncDisposableStack();
  lab = await Lab.up({ name: 'cluster-three', machines });
  stack.defer(() => lab.down());
  person = stack.use(await Person.arrive());
  specFile = await person.writeSpec(name, {
    ...lab.specFragment(),
    machines: machines.map((machine) => lab.machineSpec(machine, ['etcd', 'controlplane', 'worker'])),
  });
  created = await person.slipway('up', '-f', specFile, '--yes', '--json');
  if (created.exitCode === 0) {
    kubeconfig = await person.exportKubeconfig(name);
    kubectl = stack.use(await Kubectl.with(kubeconfig));
  }
  const kept = stack.move();
  return () => kept.disposeAsync();
});

function etcdctl(machine: string, ...args: string[]): Promise<string> {
  return lab.machine(machine).run(['docker', 'exec', 'etcd', 'etcdctl', ...args]);
}

describe('a cluster with etcd and control plane on three machines', () => {
  it('is made by one command', async () => {
    expect(created.exitCode, told(created)).toBe(0);
    console.info(`three control planes: ${(metricsOf(created).elapsedMs / 1000).toFixed(1)} s`);
    expect(await kubectl.nodes()).toEqual({ 'node-1': true, 'node-2': true, 'node-3': true });
  });

  it('has three etcd members, all voting and healthy', async () => {
    const { members } = JSON.parse(await etcdctl('node-1', 'member', 'list', '--write-out', 'json')) as Members;
    expect(members.map(({ name: member, isLearner }) => [member, isLearner ?? false]).sort()).toEqual(
      machines.map((machine) => [`etcd-${machine}`, false]),
    );
    const health = JSON.parse(
      await etcdctl('node-1', 'endpoint', 'health', '--cluster', '--write-out', 'json'),
    ) as Health;
    expect(health.map(({ endpoint, health: healthy }) => [endpoint, healthy]).sort()).toEqual(
      machines.map((machine) => [`https://${lab.machine(machine).address}:2379`, true]),
    );
  });

  it('has an endpoint for each control plane in the kubeconfig, and each answers', async () => {
    const { contexts } = parse(await person.read(kubeconfig)) as { contexts: { name: string }[] };
    expect(contexts.map((context) => context.name)).toEqual([name, ...machines.map((machine) => `${name}-${machine}`)]);
    const answers = await Promise.all(contexts.map((context) => readyz(context.name)));
    expect(answers).toEqual(['ok', 'ok', 'ok', 'ok']);
    // Each is the API server of its machine, not the same one three times.
    const servers = await Promise.all(
      machines.map((machine) => kubectl.run(['--context', `${name}-${machine}`, 'cluster-info'])),
    );
    machines.forEach((machine, index) => expect(servers[index]).toContain(lab.machine(machine).address));
  });

  it('goes on answering while a machine is off, and has all three again when it is back', async () => {
    await lab.machine('node-1').stop();
    expect(await readyzWithin('node-2')).toBe('ok');
    expect(await readyzWithin('node-3')).toBe('ok');
    // Two of three are a quorum: it can still be written to.
    const written = await until('two members elect a leader', 60_000, () =>
      kubectl.run(['--context', `${name}-node-2`, 'create', 'configmap', 'written-without-node-1']),
    );
    expect(written).toContain('created');
    await expect(readyz(`${name}-node-1`)).rejects.toThrow('kubectl');

    await lab.machine('node-1').start();
    expect(await readyzWithin('node-1')).toBe('ok');
    const read = await kubectl.run(['--context', `${name}-node-1`, 'get', 'configmap', 'written-without-node-1']);
    expect(read).toContain('written-without-node-1');
    const nodes = await until('all nodes are Ready', 120_000, async () => {
      const found = await kubectl.nodes();
      return Object.values(found).every(Boolean) ? found : undefined;
    });
    expect(Object.keys(nodes)).toEqual(machines);
    // Its pods come back after it: until then there is something to wait for.
    for (const deployment of ['coredns', 'metrics-server']) {
      const status = ['rollout', 'status', `deployment/${deployment}`, '--namespace', 'kube-system', '--timeout=120s'];
      await kubectl.run(status);
    }
  });

  it('has nothing to do afterwards', async () => {
    expect(changesOf(await person.succeed('up', '-f', specFile, '--yes', '--json'))).toEqual([]);
  });

  function readyz(context: string): Promise<string> {
    return kubectl.run(['--context', context, '--request-timeout=5s', 'get', '--raw', '/readyz']);
  }

  function readyzWithin(machine: string): Promise<string> {
    return until(`the API server of ${machine} answers`, 90_000, () => readyz(`${name}-${machine}`));
  }
});

interface Members {
  readonly members: readonly { readonly name: string; readonly isLearner?: boolean }[];
}
type Health = readonly { readonly endpoint: string; readonly health: boolean }[];
