import { describe, expect, it } from 'vitest';
import { etcdPlane } from '#main/cluster/phases/etcd-plane.ts';
import { certificates } from '#main/cluster/phases/certificates.ts';
import { systemImage } from '#main/cluster/releases/images.ts';
import type { Role } from '#shared/spec/cluster.ts';
import { clusterOf } from '#test/fakes/cluster.ts';
import { freshFacts, installedDocker } from '#test/fakes/world/machine.ts';
import { type FakeWorld, makeWorld } from '#test/fakes/world/world.ts';
import { runPhase, testContext } from './run-phase.ts';

const members = (count: number): Role[][] => Array.from({ length: count }, () => ['controlplane', 'etcd', 'worker']);

async function prepared(world: FakeWorld): Promise<FakeWorld> {
  for (const [name, machine] of world.machines) {
    machine.facts = { ...freshFacts(name, machine.internalIp, 1), docker: installedDocker };
    world.inventory.facts.set(name, machine.facts);
    machine.dockerImages.set(systemImage(world.ports.cluster, 'etcd'), 'sha256:1');
  }
  await runPhase(certificates, world.ports, {});
  return world;
}

const flagOf = (world: FakeWorld, machine: string, flag: string): string | undefined =>
  world
    .machine(machine)
    .containers.get('etcd')
    ?.spec.command.find((text) => text.startsWith(`--${flag}=`))
    ?.slice(flag.length + 3);

/** All at once, as the runner does at the first start. */
const startAll = (world: FakeWorld, names: readonly string[]) =>
  Promise.all(names.map((machine) => runPhase(etcdPlane, world.ports, { machine })));

describe('etcdPlane', () => {
  it('starts all first members together with one static list', async () => {
    const world = await prepared(makeWorld(clusterOf(members(3))));
    const ends = await startAll(world, ['m1', 'm2', 'm3']);
    expect(ends.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    const list = 'etcd-m1=https://10.0.0.1:2380,etcd-m2=https://10.0.0.2:2380,etcd-m3=https://10.0.0.3:2380';
    for (const machine of ['m1', 'm2', 'm3']) {
      expect(flagOf(world, machine, 'initial-cluster')).toBe(list);
      expect(flagOf(world, machine, 'initial-cluster-state')).toBe('new');
    }
  });

  it('lets a later member join as a learner that is promoted, and touches no other', async () => {
    const old = clusterOf(members(1));
    const world = await prepared(makeWorld(clusterOf(members(2))));
    const before = { ...world.ports, cluster: old };
    await runPhase(etcdPlane, before, { machine: 'm1' });
    const count = world.mutations().length;
    expect((await runPhase(etcdPlane, world.ports, { machine: 'm2' })).outcome).toBe('done');
    expect(world.mutations().slice(count)).toEqual([
      'etcd: add learner https://10.0.0.2:2380',
      'inventory: artefact container m2/etcd',
      'm2: create etcd',
      'm2: start etcd',
      'etcd: promote etcd-m2',
    ]);
    expect(flagOf(world, 'm2', 'initial-cluster-state')).toBe('existing');
    expect((await runPhase(etcdPlane, world.ports, { machine: 'm1' })).outcome).toMatch(/^skipped/);
  });

  it('does not replace a member while another one is not healthy', async () => {
    const world = await prepared(makeWorld(clusterOf(members(3))));
    await startAll(world, ['m1', 'm2', 'm3']);
    const { context } = testContext();
    await world.ports.docker.stop('m3', 'etcd', 1, context.signal);
    const changed = clusterOf(members(3), { services: { etcd: { extraArgs: { 'snapshot-count': '5000' } } } });
    const count = world.mutations().length;
    const { outcome, error } = await runPhase(etcdPlane, { ...world.ports, cluster: changed }, { machine: 'm1' });
    expect([outcome, error?.params['others']]).toEqual(['container.etcd_at_risk', 'm3: connection refused']);
    expect(world.mutations()).toHaveLength(count);
  });

  it('starts a stopped member whatever the others are like', async () => {
    const world = await prepared(makeWorld(clusterOf(members(3))));
    await startAll(world, ['m1', 'm2', 'm3']);
    const { context } = testContext();
    await world.ports.docker.stop('m2', 'etcd', 1, context.signal);
    await world.ports.docker.stop('m3', 'etcd', 1, context.signal);
    const ends = await startAll(world, ['m2', 'm3']);
    expect(ends.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  });
});
