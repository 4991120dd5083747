import { describe, expect, it } from 'vitest';
import type { ClusterRun } from '#main/cluster/cluster.ts';
import { containerLabels, type ContainerSpec } from '#main/cluster/container-spec.ts';
import {
  checkContainer,
  ensureContainer,
  runToEnd,
  settleContainer,
  specHash,
  waitHealthy,
} from '#main/cluster/containers.ts';
import type { FoundContainer } from '#main/cluster/ports.ts';
import { serviceContainer } from '#main/cluster/planes/service-container.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { freshFacts, installedDocker } from '#test/fakes/world/machine.ts';
import { makeWorld } from '#test/fakes/world/world.ts';
import { testContext } from '../phases/run-phase.ts';

const image = 'nginx:1';
const spec = (...command: string[]): ContainerSpec => serviceContainer('nginx-proxy', image, { command, mounts: [] });
const healthy = { what: 'it is healthy', withinMs: 30_000, probe: async () => ({ met: true, seen: '' }) };
const sick = { ...healthy, probe: async () => ({ met: false, seen: 'connection refused' }) };
const { signal } = new AbortController();

function world() {
  const made = makeWorld(clusterOf([everyRole]));
  const machine = made.machine('m1');
  machine.facts = { ...freshFacts('m1', machine.internalIp), docker: installedDocker };
  machine.dockerImages.set(image, 'sha256:1');
  return { ...made, names: () => [...machine.containers.keys()].sort(), on: machine };
}

/** The same ports, with one Docker call replaced. */
function withDocker(run: ClusterRun, docker: Partial<ClusterRun['docker']>): ClusterRun {
  return { ...run, docker: { ...run.docker, ...docker } };
}

describe('specHash', () => {
  it('does not depend on the order of keys', () => {
    const { name, image: from, ...rest } = spec('a');
    expect(specHash({ ...rest, image: from, name })).toBe(specHash(spec('a')));
  });

  it('leaves out values that are read at the first start only, and nothing else', () => {
    const etcd = (cluster: string, other: string): string =>
      specHash({ ...spec(`--initial-cluster=${cluster}`, `--name=${other}`), firstStartOnly: ['initial-cluster'] });
    expect(etcd('a', 'x')).toBe(etcd('a,b', 'x'));
    expect(etcd('a', 'x')).not.toBe(etcd('a', 'y'));
  });

  it('changes with the content that the container reads', () => {
    const reads = (sha256: string) => specHash({ ...spec('a'), contentHashes: { '/etc/x': sha256 } });
    expect(reads('1')).not.toBe(reads('2'));
  });
});

describe('ensureContainer', () => {
  it('touches nothing of a container that is not ours', async () => {
    const { ports, mutations } = world();
    await ports.docker.create('m1', spec('theirs'), { [containerLabels.owner]: 'c-other' }, signal);
    const before = mutations().length;
    const { context } = testContext();
    const foreign = { data: { code: 'container.foreign', params: { owner: 'cluster c-other', machine: 'm1' } } };
    await expect(checkContainer(ports, 'm1', spec('a'), signal)).rejects.toMatchObject(foreign);
    await expect(ensureContainer(ports, 'm1', spec('a'), context)).rejects.toMatchObject(foreign);
    expect(mutations()).toHaveLength(before);
  });

  it('keeps the one before until the new one is healthy', async () => {
    const { ports, names } = world();
    const { context } = testContext();
    await ensureContainer(ports, 'm1', spec('a'), context);
    await ensureContainer(ports, 'm1', spec('b'), context);
    expect(names()).toEqual(['nginx-proxy', 'old-nginx-proxy']);
    expect(await checkContainer(ports, 'm1', spec('b'), signal)).toMatchObject({ kind: 'todo' });
    await settleContainer(ports, 'm1', 'nginx-proxy', healthy, context);
    expect(names()).toEqual(['nginx-proxy']);
    expect(await checkContainer(ports, 'm1', spec('b'), signal)).toMatchObject({ kind: 'done' });
  });

  it('starts the one before again when the new one does not become healthy', async () => {
    const { ports, names } = world();
    const { context, warnings } = testContext();
    await ensureContainer(ports, 'm1', spec('a'), context);
    await ensureContainer(ports, 'm1', spec('b'), context);
    await expect(settleContainer(ports, 'm1', 'nginx-proxy', sick, context)).rejects.toMatchObject({
      data: { code: 'container.unhealthy', params: { seen: 'connection refused' }, lastLines: ['nginx-proxy started'] },
    });
    expect(names()).toEqual(['nginx-proxy']);
    expect(await checkContainer(ports, 'm1', spec('a'), signal)).toMatchObject({ kind: 'done' });
    expect(warnings).toHaveLength(1);
  });

  it('starts the one before again when the new one cannot be created', async () => {
    const { ports, names } = world();
    const { context } = testContext();
    await ensureContainer(ports, 'm1', spec('a'), context);
    await expect(ensureContainer(ports, 'm1', { ...spec('b'), image: 'absent:1' }, context)).rejects.toMatchObject({
      data: { code: 'container.not_started', params: { restored: 'runs again' } },
    });
    expect(names()).toEqual(['nginx-proxy']);
    expect(await checkContainer(ports, 'm1', spec('a'), signal)).toMatchObject({ kind: 'done' });
  });

  it('keeps the last good one when a second change comes before the first was healthy', async () => {
    const { ports, on } = world();
    const { context } = testContext();
    for (const flag of ['good', 'bad', 'better']) await ensureContainer(ports, 'm1', spec(flag), context);
    expect(on.containers.get('old-nginx-proxy')?.spec.command).toEqual(['good']);
    expect(on.containers.get('nginx-proxy')?.spec.command).toEqual(['better']);
  });

  it('only starts a stopped one', async () => {
    const { ports, mutations } = world();
    const { context } = testContext();
    await ensureContainer(ports, 'm1', spec('a'), context);
    await ports.docker.stop('m1', 'nginx-proxy', 1, signal);
    const before = mutations().length;
    await ensureContainer(ports, 'm1', spec('a'), context);
    expect(mutations().slice(before)).toEqual(['m1: start nginx-proxy']);
  });
});

describe('the record of what exists', () => {
  const artefacts = ({ inventory }: ReturnType<typeof world>): readonly string[] =>
    [...inventory.artefacts.keys()].sort();

  it('is written before a container is created, so that not even a crash leaves one unrecorded', async () => {
    const made = world();
    const ports = withDocker(made.ports, { create: () => Promise.reject(new Error('the line was cut')) });
    await ensureContainer(ports, 'm1', spec('a'), testContext().context).catch(() => undefined);
    expect(artefacts(made)).toEqual(['container m1/nginx-proxy']);
  });

  it('holds the one before as long as it is kept', async () => {
    const made = world();
    await ensureContainer(made.ports, 'm1', spec('a'), testContext().context);
    await ensureContainer(made.ports, 'm1', spec('b'), testContext().context);
    expect(artefacts(made)).toEqual(['container m1/nginx-proxy', 'container m1/old-nginx-proxy']);
    await settleContainer(made.ports, 'm1', 'nginx-proxy', healthy, testContext().context);
    expect(artefacts(made)).toEqual(['container m1/nginx-proxy']);
  });

  it('holds a helper while it is there', async () => {
    const made = world();
    const { ports, inventory } = made;
    let during: readonly string[] = [];
    const wait = async (): Promise<{ readonly exitCode: number }> => {
      during = [...inventory.artefacts.keys()];
      return { exitCode: 0 };
    };
    const start = async (): Promise<void> => undefined;
    await runToEnd(withDocker(ports, { start, wait }), 'm1', spec('a'), testContext().context);
    expect([during, artefacts(made)]).toEqual([['container m1/nginx-proxy'], []]);
  });
});

describe('waitHealthy', () => {
  it('reports a restart loop long before the deadline, with the log', async () => {
    const { ports } = world();
    const { context } = testContext();
    await ensureContainer(ports, 'm1', spec('a'), context);
    let restartCount = 0;
    const looping = withDocker(ports, {
      inspect: async (machine, name, given): Promise<FoundContainer | undefined> => {
        const found = await ports.docker.inspect(machine, name, given);
        restartCount += 2;
        return found && { ...found, running: false, exitCode: 1, restartCount };
      },
    });
    const before = ports.clock.now();
    const wait = { ...sick, withinMs: 600_000 };
    await expect(waitHealthy(looping, 'm1', 'nginx-proxy', wait, context)).rejects.toMatchObject({
      data: { code: 'container.restart_loop', params: { exitCode: 1 }, lastLines: ['nginx-proxy started'] },
    });
    expect(ports.clock.now() - before).toBeLessThan(20_000);
  });
});

describe('runToEnd', () => {
  const helper = serviceContainer('rke-port-checker', image, { command: [], mounts: [], restart: 'no' });

  it('answers exit code and output, and leaves nothing behind', async () => {
    const { ports, names } = world();
    const end = await runToEnd(ports, 'm1', helper, testContext().context);
    expect(end).toEqual({ exitCode: 0, lines: [] });
    expect(names()).toEqual([]);
  });

  it('removes one that a crash left behind, and itself when the run is cancelled meanwhile', async () => {
    const { ports, names } = world();
    await ports.docker.create('m1', helper, { [containerLabels.owner]: 'c-tests' }, signal);
    const cancelled = withDocker(ports, { wait: () => Promise.reject(new Error('cancelled')) });
    await expect(runToEnd(cancelled, 'm1', helper, testContext().context)).rejects.toThrow('cancelled');
    expect(names()).toEqual([]);
  });
});
