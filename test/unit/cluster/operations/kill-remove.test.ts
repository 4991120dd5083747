import { beforeAll, describe, expect, it } from 'vitest';
import type { ClusterRun } from '#main/cluster/cluster.ts';
import { createPhases, planCreate } from '#main/cluster/operations/create.ts';
import { planRemove, removePhases } from '#main/cluster/operations/remove.ts';
import type { Phase } from '#main/engine/phase.ts';
import type { Json } from '#shared/json.ts';
import { killEverywhere, runPlanOnce, secondRunChangesNothing } from '#test/engine/kill-and-resume.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { type FakeContainer, type FakeMachine, installedDocker } from '#test/fakes/world/machine.ts';
import { type FakeWorld, makeWorld } from '#test/fakes/world/world.ts';

const phases: ReadonlyMap<string, Phase<ClusterRun, Json>> = new Map(
  [...createPhases, ...removePhases].map((phase) => [phase.id, phase as unknown as Phase<ClusterRun, Json>]),
);
const cluster = clusterOf([everyRole, ['worker']], {
  registries: [{ server: 'r.example:5000', username: 'bob', password: 'env:P', systemImages: true, insecure: true }],
});
const plan = planRemove(cluster);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Of somebody else, some of it where we write, too. */
const theirFiles = new Map([
  ['/etc/docker/daemon.json', { content: bytes('{ "debug": true, "live-restore": true }'), mode: 0o644 }],
  ['/etc/containerd/config.toml', { content: bytes('version = 2\n'), mode: 0o600 }],
  ['/etc/containerd/certs.d/r.example:5000/hosts.toml', { content: bytes('# theirs\n'), mode: 0o644 }],
  ['/etc/kubernetes/theirs.yaml', { content: bytes('kept: true\n'), mode: 0o600 }],
]);

function freshWorld(): FakeWorld {
  const world = makeWorld(cluster);
  world.inventory.references.set('env:P', 'hush');
  for (const machine of world.machines.values()) {
    for (const [path, file] of theirFiles) machine.files.set(path, { ...file });
  }
  return world;
}

let created: FakeWorld;

beforeAll(async () => {
  created = freshWorld();
  await runPlanOnce({ phases, plan: planCreate(cluster, { joined: new Set() }), makeWorld: () => created });
  const m1 = created.machine('m1');
  m1.containers.set('theirs', { ...kubeletOf(m1), labels: {} });
  m1.containers.set('old-kubelet', { ...kubeletOf(m1), running: false });
}, 60_000);

function kubeletOf(machine: FakeMachine): FakeContainer {
  const found = machine.containers.get('kubelet');
  if (!found) throw new Error('There is no kubelet: the cluster was not made');
  return structuredClone(found);
}

/** Restarts are done once more when the run died before it could know. */
const mayRepeat = (mutation: string): boolean => / (restart|reload) /.test(mutation);

describe('machines that were there before, killed before and after every call of a removal', () => {
  it('are all cleaned', { timeout: 60_000 }, async () => {
    const report = await killEverywhere({ phases, plan, makeWorld: () => created.copy(), mayRepeat });
    expect(report.applied).toEqual(['clean-machine/m1', 'clean-machine/m2']);
    expect(report.kills).toBeGreaterThan(30);
  });

  it('are as they were but for Docker, and nothing is recorded any more', async () => {
    const world = created.copy();
    await runPlanOnce({ phases, plan, makeWorld: () => world });
    for (const { name, files, packages, services, containers, traces, facts } of world.machines.values()) {
      expect(files, name).toEqual(theirFiles);
      expect([...packages]).toEqual(expect.arrayContaining(['containerd', 'docker.io']));
      expect([...services].sort()).toEqual(['containerd.service', 'docker.service']);
      expect([...containers.keys()]).toEqual(name === 'm1' ? ['theirs'] : []);
      expect([...traces]).toEqual([]);
      expect(facts.docker).toEqual(installedDocker);
    }
    expect([...world.inventory.artefacts.keys()]).toEqual([]);
  });

  it('have nothing left to be removed by a second removal', async () => {
    await secondRunChangesNothing({ phases, plan, makeWorld: () => created.copy() });
  });

  it('are left alone where nothing was ever made', async () => {
    const world = freshWorld();
    world.machine('m2').unreachable = new Error('it is away');
    await runPlanOnce({ phases, plan, makeWorld: () => world });
    expect(world.mutations()).toEqual([]);
  });
});
