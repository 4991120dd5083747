import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '#test/lab/lab.ts';
import { until } from '#test/lab/until.ts';
import type { ClusterSpecInput } from '#shared/spec/cluster.ts';
import { containersOf, type Containers } from './support/containers.ts';
import { ask, echoPod, echoService, startEcho } from './support/echo.ts';
import { openInventory } from './support/inventory.ts';
import { Kubectl } from './support/kubectl.ts';
import { changesOf, metricsOf, Person, told, type Ended } from './support/person.ts';

const name = 'create';
const first = ['node-1', 'node-2', 'node-3'];
const mebibyte = 2 ** 20;

let lab: Lab;
let person: Person;
let kubectl: Kubectl;
let specFile: string;
let created: Ended;

// What every test below speaks of: a cluster of three machines, made by one command from machines without Docker.
beforeAll(async () => {
  await using stack = new AsyncDisposableStack();
  lab = await Lab.up({ name: 'cluster-create', machines: [...first, 'node-4'] });
  stack.defer(() => lab.down());
  person = stack.use(await Person.arrive());
  const web = await serve(configMap('from-url'));
  stack.defer(web.close);
  await person.write('from-file.yaml', configMap('from-file'));

  specFile = await person.writeSpec(name, specOf(first, web.url));
  created = await person.slipway('up', '-f', specFile, '--yes', '--json');
  if (created.exitCode === 0) kubectl = stack.use(await Kubectl.with(await person.exportKubeconfig(name)));
  const kept = stack.move();
  return () => kept.disposeAsync();
});

function specOf(machines: readonly string[], url: string): ClusterSpecInput['spec'] {
  return {
    ...lab.specFragment(),
    machines: machines.map((machine) =>
      lab.machineSpec(machine, machine === 'node-1' ? ['etcd', 'controlplane', 'worker'] : ['worker']),
    ),
    addons: [
      { from: 'inline', name: 'inline', yaml: configMap('from-inline') },
      { from: 'file', name: 'file', path: 'from-file.yaml' },
      { from: 'url', name: 'url', url },
    ],
  };
}

function configMap(called: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${called} }\ndata: { source: ${called} }\n`;
}

/** A web server on this computer's loopback. */
async function serve(text: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((_request, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/add-on.yaml`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('slipway up with three bare machines', () => {
  it('ends well', () => {
    expect(created.exitCode, told(created)).toBe(0);
  });

  it('leaves every node Ready, as kubectl sees from outside with the exported kubeconfig', async () => {
    expect(await kubectl.nodes()).toEqual({ 'node-1': true, 'node-2': true, 'node-3': true });
  });

  it('has rolled out flannel, coredns and the metrics server', async () => {
    const { items } = await kubectl.json<Workloads>('get', 'daemonsets,deployments', '--namespace', 'kube-system');
    const ready = items.map(({ metadata, status }) => {
      const [wanted, there] =
        status.desiredNumberScheduled === undefined
          ? [status.replicas, status.readyReplicas]
          : [status.desiredNumberScheduled, status.numberReady];
      return `${metadata.name}: ${wanted !== undefined && wanted > 0 && wanted === there ? 'ready' : 'not ready'}`;
    });
    expect(ready.sort()).toEqual([
      expect.stringMatching(/coredns.*: ready$/),
      expect.stringMatching(/flannel.*: ready$/),
      expect.stringMatching(/metrics-server.*: ready$/),
    ]);
  });

  it('has started no pod before the network of its machine was there', async () => {
    const failed = ['--all-namespaces', '--field-selector', 'reason=FailedCreatePodSandBox'];
    const { items } = await kubectl.json<{ items: readonly unknown[] }>('get', 'events', ...failed);
    expect(items).toEqual([]);
  });

  it('lets kubectl top nodes answer for every node', async () => {
    const answer = await until('there are metrics of every node', 60_000, async () => {
      const text = await kubectl.run(['top', 'nodes', '--no-headers']);
      return text.trim().split('\n').length === 3 ? text : undefined;
    });
    // Name, millicores, percent, MiB, percent.
    expect(answer.trim().split('\n')).toEqual(
      first.map((node) => expect.stringMatching(new RegExp(`^${node}\\s+\\d+m\\s+\\d+%\\s+\\d+Mi\\s+\\d+%`))),
    );
  });

  it('has a network in which a pod finds by name a service whose pod is on another machine', async () => {
    const image = lab.image('echo');
    const objects = [echoPod('asker', 'node-2', image), echoPod('answerer', 'node-3', image), echoService('answerer')];
    await startEcho(kubectl, objects, ['asker', 'answerer']);
    expect(await ask(kubectl, 'asker', 'answerer')).toMatch(/^answerer \/ from 10\.42\./);
  });

  it('has applied the add-ons of the spec by a job: inline, from a file, from a URL', async () => {
    const { items } = await kubectl.json<{ items: readonly { data: object }[] }>(
      ...['get', 'configmap', 'from-inline', 'from-file', 'from-url'],
    );
    expect(items.map(({ data }) => data)).toEqual([
      { source: 'from-inline' },
      { source: 'from-file' },
      { source: 'from-url' },
    ]);
    const job = await kubectl.json<{ status: { succeeded: number } }>(
      ...['get', 'job', 'rke-user-addon-deploy-job', '--namespace', 'kube-system'],
    );
    expect(job.status.succeeded).toBe(1);
  });

  it('stored with the run what it cost, at most 250 MB of memory', async () => {
    const inventory = await openInventory(person, name);
    const stored = inventory.runs[0]?.metrics;
    inventory.close();
    expect(stored).toEqual(metricsOf(created));
    const { peakRssBytes, eventLoopDelayP99Ms, elapsedMs, mutations } = metricsOf(created);
    console.info(
      `three machines: ${(elapsedMs / 1000).toFixed(1)} s, ${mutations} mutations, ` +
        `${(peakRssBytes / mebibyte).toFixed(0)} MiB at most, event loop delay p99 ${eventLoopDelayP99Ms.toFixed(1)} ms`,
    );
    expect(eventLoopDelayP99Ms).toBeGreaterThanOrEqual(0);
    expect(peakRssBytes).toBeLessThanOrEqual(250 * mebibyte);
  });
});

describe('slipway on a cluster that is as its spec says', () => {
  it('plans nothing', async () => {
    const { lines } = await person.succeed('plan', '-f', specFile, '--json');
    const [plan] = lines.filter(({ type }) => type === 'plan') as unknown as { preview: { kind: string }[] }[];
    expect(new Set(plan?.preview.map(({ kind }) => kind))).toEqual(new Set(['already']));
  });

  it('changes nothing when it is run again, and restarts no container on any machine', async () => {
    const before = await containersOf(lab, first);
    const podsBefore = await podContainers();
    const again = await person.succeed('up', '-f', specFile, '--yes', '--json');
    const { mutations, elapsedMs } = metricsOf(again);
    console.info(`nothing to do: ${(elapsedMs / 1000).toFixed(1)} s`);
    expect(changesOf(again)).toEqual([]);
    expect(mutations).toBe(0);
    expect(await containersOf(lab, first)).toEqual(before);
    expect(await podContainers()).toEqual(podsBefore);
  });

  async function podContainers(): Promise<string> {
    const jsonpath = '{range .items[*]}{.metadata.uid}{.status.containerStatuses[*].containerID}{"\\n"}{end}';
    return kubectl.run(['get', 'pods', '--all-namespaces', '--output', `jsonpath=${jsonpath}`]);
  }
});

describe('slipway up with one worker more in the spec', () => {
  let before: Containers;
  let grown: Ended;

  beforeAll(async () => {
    before = await containersOf(lab, first);
    // The URL's server is the same one; the rest of the spec as well.
    const { spec } = parse(await person.read(specFile)) as ClusterSpecInput;
    const machines = [...(spec.machines ?? []), lab.machineSpec('node-4', ['worker'])];
    specFile = await person.writeSpec(name, { ...spec, machines });
    grown = await person.slipway('up', '-f', specFile, '--yes', '--json');
  });

  it('adds a node that becomes Ready', async () => {
    expect(grown.exitCode, told(grown)).toBe(0);
    console.info(`one worker more: ${(metricsOf(grown).elapsedMs / 1000).toFixed(1)} s`);
    expect(await kubectl.nodes()).toEqual({ 'node-1': true, 'node-2': true, 'node-3': true, 'node-4': true });
  });

  it('does not touch a container of any other machine', async () => {
    expect(await containersOf(lab, first)).toEqual(before);
  });

  it('gives the new machine the same network and names', async () => {
    await startEcho(kubectl, [echoPod('newcomer', 'node-4', lab.image('echo'))], ['newcomer']);
    expect(await ask(kubectl, 'newcomer', 'answerer')).toMatch(/^answerer /);
  });

  it('has nothing left to do afterwards', async () => {
    expect(changesOf(await person.succeed('up', '-f', specFile, '--yes', '--json'))).toEqual([]);
  });
});

interface Workloads {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: {
      readonly desiredNumberScheduled?: number;
      readonly numberReady?: number;
      readonly replicas?: number;
      readonly readyReplicas?: number;
    };
  }[];
}
