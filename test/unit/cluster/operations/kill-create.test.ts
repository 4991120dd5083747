import { beforeAll, describe, expect, it } from 'vitest';
import type { ClusterRun } from '#main/cluster/cluster.ts';
import { createPhases, planCreate, vcenterPhases } from '#main/cluster/operations/create.ts';
import type { Phase } from '#main/engine/phase.ts';
import type { Plan } from '#main/engine/plan.ts';
import type { Json } from '#shared/json.ts';
import { killEverywhere, runPlanOnce, secondRunChangesNothing } from '#test/engine/kill-and-resume.ts';
import { clusterOf, everyRole } from '#test/fakes/cluster.ts';
import { type FakeWorld, makeWorld } from '#test/fakes/world/world.ts';

const yaml = [
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}',
  'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData: {password: hush}',
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {a: "1"}',
].join('\n---\n');
const cluster = clusterOf([everyRole, ['worker']], {
  registries: [{ server: 'r.example:5000', username: 'bob', password: 'env:P', systemImages: true }],
  addons: [{ from: 'inline', name: 'shop', yaml }],
});
const phases: ReadonlyMap<string, Phase<ClusterRun, Json>> = new Map(
  createPhases.map((phase) => [phase.id, phase as unknown as Phase<ClusterRun, Json>]),
);
const plan = planCreate(cluster, { joined: new Set() });

// Helpers live for a moment; a restart is done once more when the run died before it could record the first.
const mayRepeat = (mutation: string): boolean =>
  /(cert|file)-deployer|rke-port-(listener|checker)| restart /.test(mutation);

/** They look and change nothing: there is no apply that a kill could cut off. */
const looksOnly = ['compare-machines', 'check-images', 'node-ready'];

/** The world as all phases before leave it, by phase. */
const worlds = new Map<string, FakeWorld>();

/** The steps of one phase alone; what they need from other phases has been done. */
function onlyPhase(id: string): Plan {
  const steps = plan.steps.filter(({ phase }) => phase === id);
  const own = new Set(steps.map((step) => step.id));
  const within = (ids: readonly string[]): readonly string[] => ids.filter((each) => own.has(each));
  return {
    ...plan,
    phases: plan.phases.filter((phase) => phase.id === id),
    steps: steps.map((step) => ({ ...step, needs: within(step.needs), after: within(step.after) })),
  };
}

function freshWorld(): FakeWorld {
  const world = makeWorld(cluster);
  world.inventory.references.set('env:P', 'hush');
  return world;
}

/** Phases in an order in which they can be run one after the other. */
function inRunOrder(): readonly string[] {
  const left = new Set(plan.phases.map(({ id }) => id));
  const order: string[] = [];
  const phaseOf = new Map(plan.steps.map((step) => [step.id, step.phase]));
  while (left.size > 0) {
    const next = [...left].find((id) =>
      plan.steps
        .filter(({ phase }) => phase === id)
        .flatMap(({ needs, after }) => [...needs, ...after])
        .every((need) => phaseOf.get(need) === id || !left.has(phaseOf.get(need) ?? '')),
    );
    if (next === undefined) throw new Error(`Phases wait for each other: ${[...left].join(', ')}`);
    left.delete(next);
    order.push(next);
  }
  return order;
}

describe('every phase of create', () => {
  beforeAll(async () => {
    let world = freshWorld();
    for (const id of inRunOrder()) {
      worlds.set(id, world.copy());
      await runPlanOnce({ phases, plan: onlyPhase(id), makeWorld: () => world });
      world = world.copy();
    }
  }, 60_000);

  it.each(plan.phases.map(({ id }) => id))(
    'can be killed at every call and resumed: %s',
    { timeout: 120_000 },
    async (id) => {
      const makeWorldOf = (): FakeWorld => {
        const world = worlds.get(id);
        if (!world) throw new Error(`No world for ${id}`);
        return world.copy();
      };
      const report = await killEverywhere({ phases, plan: onlyPhase(id), makeWorld: makeWorldOf, mayRepeat });
      expect(report.kills).toBeGreaterThan(2);
      expect(report.applied.length > 0).toBe(!looksOnly.includes(id));
    },
  );
});

it('a phase that this plan lacks is one of those in vCenter, which are killed beside', () => {
  const here = new Set(plan.phases.map(({ id }) => id));
  const elsewhere = createPhases.filter(({ id }) => !here.has(id)).map(({ id }) => id);
  expect(elsewhere).toEqual(vcenterPhases.map(({ id }) => id));
});

describe('a whole create', () => {
  it('can be killed while its phases run side by side, and resumed', { timeout: 120_000 }, async () => {
    const { kills } = await killEverywhere({ phases, plan, makeWorld: freshWorld, mayRepeat, every: 97 });
    expect(kills).toBeGreaterThan(10);
  });

  it('changes nothing on a second run', { timeout: 60_000 }, async () => {
    await secondRunChangesNothing({ phases, plan, makeWorld: freshWorld });
  });
});
