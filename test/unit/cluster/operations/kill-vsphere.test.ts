import { describe, expect, it } from 'vitest';
import type { ClusterRun } from '#main/cluster/cluster.ts';
import { createPhases, planCreate, vcenterPhases } from '#main/cluster/operations/create.ts';
import { planRemove, removePhases } from '#main/cluster/operations/remove.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import type { Phase } from '#main/engine/phase.ts';
import type { Plan } from '#main/engine/plan.ts';
import type { Json } from '#shared/json.ts';
import { killEverywhere, runPlanOnce } from '#test/engine/kill-and-resume.ts';
import { poolsCluster } from '#test/fakes/cluster.ts';
import { type FakeWorld, makeWorld } from '#test/fakes/world/world.ts';

const phases: ReadonlyMap<string, Phase<ClusterRun, Json>> = new Map(
  [...createPhases, ...removePhases].map((phase) => [phase.id, phase as unknown as Phase<ClusterRun, Json>]),
);
/** The rest of create is the same as for machines that were there before. */
const inVcenter: readonly string[] = vcenterPhases.map(({ id }) => id);

function onlyVcenter(plan: Plan): Plan {
  const steps = plan.steps.filter(({ phase }) => inVcenter.includes(phase));
  return { ...plan, phases: plan.phases.filter(({ id }) => inVcenter.includes(id)), steps };
}

async function created(media: 'iso' | 'guestinfo'): Promise<FakeWorld> {
  const cluster = poolsCluster({ bootMedia: media });
  const world = makeWorld(cluster);
  const plan = onlyVcenter(planCreate(cluster, { joined: new Set() }));
  await runPlanOnce({ phases, plan, makeWorld: () => world });
  return world;
}

describe.each(['iso', 'guestinfo'] as const)('machines made with %s, killed before and after every call', (media) => {
  it('are exactly those that were wished for, each made once', async () => {
    const cluster = poolsCluster({ bootMedia: media });
    const plan = onlyVcenter(planCreate(cluster, { joined: new Set() }));
    const report = await killEverywhere({
      phases,
      plan,
      makeWorld: () => makeWorld(cluster),
      // The same bytes at the same place: what an unfinished step uploads again replaces what it had uploaded.
      mayRepeat: (mutation) => /upload|inventory: vm/.test(mutation),
    });
    expect(report.applied).toHaveLength(plan.steps.length);
  });

  it('leave nothing but themselves in vCenter', async () => {
    const { vcenter, inventory } = await created(media);
    expect([...vcenter.vms.values()].map(({ name }) => name).sort()).toEqual([
      'shop-all-1',
      'shop-work-1',
      'shop-work-2',
    ]);
    expect([...vcenter.files.keys()]).toEqual([]);
    expect([...vcenter.vms.values()].filter(({ iso, extraConfig }) => iso !== null || extraConfig.size > 0)).toEqual(
      [],
    );
    expect([...inventory.artefacts.keys()].filter((key) => key.startsWith('vsphere-iso'))).toEqual([]);
  });

  it('are removed whole, killed before and after every call', async () => {
    const world = await created(media);
    const { id, name, spec, release } = world.ports.cluster;
    const document = { apiVersion: 'slipway.dev/v1', kind: 'Cluster', metadata: { name }, spec } as const;
    const plan = planRemove(buildCluster(id, document, release, world.inventory.vms));
    await killEverywhere({ phases, plan, makeWorld: () => world.copy() });
    await runPlanOnce({ phases, plan, makeWorld: () => world });
    const { vcenter, inventory } = world;
    expect([vcenter.vms.size, vcenter.files.size, vcenter.rules.size, vcenter.tags.size]).toEqual([0, 0, 0, 0]);
    expect([...vcenter.folders]).toEqual(['/DC0/vm']);
    expect([inventory.vms.size, inventory.artefacts.size]).toEqual([0, 0]);
  });
});
