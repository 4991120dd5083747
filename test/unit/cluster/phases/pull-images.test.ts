import { describe, expect, it } from 'vitest';
import { installDocker } from '#main/cluster/phases/install-docker.ts';
import { pullImages } from '#main/cluster/phases/pull-images.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { makeWorld } from '#test/fakes/world/world.ts';
import { runPhase } from './run-phase.ts';

const cluster = clusterOf([everyRole, ['worker']]);
const kubelet = cluster.release.images.kubelet;

async function prepared() {
  const world = makeWorld(cluster);
  for (const { name } of cluster.machines) await runPhase(installDocker, world.ports, { machine: name });
  return world;
}

describe('pullImages', () => {
  it('pulls what is missing once, and records its digest', async () => {
    const world = await prepared();
    expect((await runPhase(pullImages, world.ports, { machine: 'm1' })).outcome).toBe('done');
    expect((await runPhase(pullImages, world.ports, { machine: 'm1' })).outcome).toMatch(/^skipped: all \d+ images/);
    expect(world.inventory.digests.get(kubelet)).toMatch(/^sha256:/);
  });

  it('refuses an image whose digest differs from that of the other machines', async () => {
    const world = await prepared();
    world.inventory.digests.set(kubelet, 'sha256:other');
    const { outcome, error } = await runPhase(pullImages, world.ports, { machine: 'm2' });
    expect([outcome, error?.params['image'], error?.params['machine']]).toEqual([
      'image.digest_differs',
      kubelet,
      'm2',
    ]);
  });

  it('takes an image that was built on the machine as it is, with a warning', async () => {
    const world = await prepared();
    world.machine('m2').dockerImages.set(kubelet, '');
    const { outcome, warnings } = await runPhase(pullImages, world.ports, { machine: 'm2' });
    expect([outcome, warnings.length]).toEqual(['done', 1]);
  });
});
