import { describe, expect, it } from 'vitest';
import { installDocker } from '#main/cluster/phases/install-docker.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { installedDocker } from '#test/fakes/world/machine.ts';
import { makeWorld } from '#test/fakes/world/world.ts';
import { runPhase } from './run-phase.ts';

const input = { machine: 'm1' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const restarts = (mutations: readonly string[]) => mutations.filter((each) => each.includes('restart'));

describe('installDocker', () => {
  it('installs the packages of the distribution and records what it found', async () => {
    const world = makeWorld(clusterOf([everyRole]));
    expect((await runPhase(installDocker, world.ports, input)).outcome).toBe('done');
    expect([...world.machine('m1').packages]).toContain('docker.io');
    expect(world.inventory.facts.get('m1')?.docker?.version).toBe('26.1.5');
  });

  it('changes nothing where all is so already', async () => {
    const world = makeWorld(clusterOf([everyRole]));
    await runPhase(installDocker, world.ports, input);
    const before = world.mutations().length;
    expect((await runPhase(installDocker, world.ports, input)).outcome).toBe(
      'skipped: Docker 26.1.5, containerd 1.7.24',
    );
    expect(world.mutations()).toHaveLength(before);
  });

  it('restarts only what its changed configuration concerns', async () => {
    const world = makeWorld(clusterOf([everyRole]));
    await runPhase(installDocker, world.ports, input);
    const before = world.mutations().length;
    world.machine('m1').files.set('/etc/docker/daemon.json', { content: bytes('{"debug": true}'), mode: 0o644 });
    await runPhase(installDocker, world.ports, input);
    expect(restarts(world.mutations().slice(before))).toEqual(['m1: restart docker.service']);
    expect(new TextDecoder().decode(world.machine('m1').files.get('/etc/docker/daemon.json')?.content)).toContain(
      '"debug": true',
    );
  });

  it('keeps a containerd configuration that is not ours beside its own', async () => {
    const world = makeWorld(clusterOf([everyRole]));
    world.machine('m1').files.set('/etc/containerd/config.toml', { content: bytes('theirs'), mode: 0o600 });
    await runPhase(installDocker, world.ports, input);
    expect(world.machine('m1').files.get('/etc/containerd/config.toml.before-slipway')).toEqual({
      content: bytes('theirs'),
      mode: 0o600,
    });
  });

  it('leaves a daemon.json that it does not understand and says so', async () => {
    const world = makeWorld(clusterOf([everyRole]));
    const broken = { content: bytes('{ "debug": '), mode: 0o644 };
    world.machine('m1').files.set('/etc/docker/daemon.json', broken);
    expect((await runPhase(installDocker, world.ports, input)).outcome).toBe('preflight.daemon_json_unreadable');
    expect(world.machine('m1').files.get('/etc/docker/daemon.json')).toEqual(broken);
  });

  it('installs nothing where Docker must be there already', async () => {
    const world = makeWorld(clusterOf([everyRole], { docker: { source: 'present' } }));
    expect((await runPhase(installDocker, world.ports, input)).outcome).toBe('preflight.docker_missing');
    expect(world.mutations()).toEqual([]);
  });

  it('refuses an old Docker by name and version', async () => {
    const world = makeWorld(clusterOf([everyRole]));
    const machine = world.machine('m1');
    const docker = { ...installedDocker, version: '19.03.15' };
    machine.facts = { ...machine.facts, docker, containerd: { version: '1.7.1' } };
    expect((await runPhase(installDocker, world.ports, input)).error?.cause).toBe(
      'm1 has Docker 19.03.15, but at least 20.10 is needed.',
    );
  });
});
