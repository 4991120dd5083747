import { describe, expect, it } from 'vitest';
import { type Existing, planCreate } from '#main/cluster/operations/create.ts';
import type { Cluster } from '#main/cluster/cluster.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { inOrder } from '#main/engine/plan-check.ts';
import type { Plan } from '#main/engine/plan.ts';
import { clusterOf, everyRole, specOf } from '#test/fakes/cluster.ts';

const three = clusterOf([everyRole, everyRole, everyRole, ['worker']]);
const isNew: Existing = { joined: new Set() };
const isRunning: Existing = { joined: new Set(three.machines.map(({ name }) => name)) };

function stepOf(plan: Plan, id: string) {
  const step = plan.steps.find((candidate) => candidate.id === id);
  if (!step) throw new Error(`The plan has no step ${id}`);
  return step;
}

/** All that a step waits for, directly or through others. `needs` follows only what must have gone well. */
function before(plan: Plan, id: string, edges: 'needs' | 'all' = 'all'): ReadonlySet<string> {
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const found = new Set<string>();
  const visit = (each: string): void => {
    const step = steps.get(each);
    for (const next of step ? [...step.needs, ...(edges === 'all' ? step.after : [])] : []) {
      if (found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(id);
  return found;
}

describe('planCreate', () => {
  it('does not depend on the order of the machines in the spec', () => {
    const spec = specOf([everyRole, ['worker'], ['etcd'], ['controlplane']]);
    const moved = { ...spec, spec: { ...spec.spec, machines: spec.spec.machines.toReversed() } };
    const planOf = (of: typeof spec): Plan => planCreate(buildCluster('c-tests', of, findRelease('v1.36.3')), isNew);
    expect(planOf(moved)).toEqual(planOf(spec));
  });

  it('tidies up after the port checks only when nothing is being started for them any more', () => {
    // A machine that cannot listen blocks the check at once, while the others may still be starting their listeners.
    const { needs, after } = stepOf(planCreate(three, isNew), 'stop-port-listeners/m1');
    expect(needs).not.toContain('check-ports/test');
    expect(after).toEqual(expect.arrayContaining(['start-port-listeners/m1', 'check-ports/test']));
  });

  it('makes the same plan again from the same input, and changes none of it', () => {
    const frozen = deepFreeze(clusterOf([everyRole, ['worker']]));
    expect(planCreate(frozen, isNew)).toEqual(planCreate(frozen, isNew));
  });

  it('is data: it comes back from the journal as it was', () => {
    const plan = planCreate(three, isNew);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('can be run to its end: no circle, and nothing waits for a step that is not there', () => {
    const plan = planCreate(three, isRunning);
    const ids = new Set(plan.steps.map(({ id }) => id));
    expect(inOrder(plan.steps)).toHaveLength(plan.steps.length);
    expect(plan.steps.flatMap(({ needs, after }) => [...needs, ...after]).filter((id) => !ids.has(id))).toEqual([]);
  });

  it('starts the etcd members of a new cluster together: none gets healthy without the others', () => {
    const plan = planCreate(three, isNew);
    expect([...before(plan, 'etcd-plane/m2')].filter((id) => id.startsWith('etcd-plane/'))).toEqual([]);
  });

  it.each(['etcd-plane', 'control-plane'])('never takes two machines of a running cluster at once: %s', (phase) => {
    const plan = planCreate(three, isRunning);
    expect(before(plan, `${phase}/m3`)).toContain(`${phase}/m2`);
    expect(before(plan, `${phase}/m2`)).toContain(`${phase}/m1`);
  });

  it('stops a roll-out at the first control plane that fails', () => {
    const plan = planCreate(three, isRunning);
    expect(before(plan, 'control-plane/m3', 'needs')).toContain('control-plane/m1');
  });

  it('goes on to the next etcd member when one fails: after an outage none gets its quorum alone', () => {
    const plan = planCreate(three, isRunning);
    expect(before(plan, 'etcd-plane/m2', 'needs')).not.toContain('etcd-plane/m1');
  });

  it('starts kube-apiservers only when all of etcd is there', () => {
    const plan = planCreate(three, isNew);
    const members = ['etcd-plane/m1', 'etcd-plane/m2', 'etcd-plane/m3'];
    expect([...before(plan, 'control-plane/m1', 'needs')]).toEqual(expect.arrayContaining(members));
  });

  it('changes nothing on any machine before every new machine has been seen, compared and every image found', () => {
    const plan = planCreate(three, isNew);
    const looks = ['open-ssh', 'compare-machines', 'check-images', 'certificates', 'kubeconfig'];
    const seen = ['open-ssh/m1', 'open-ssh/m4', 'compare-machines/test', 'check-images/test'];
    const early = plan.steps.filter(({ id, phase }) => {
      const needed = before(plan, id, 'needs');
      return !looks.includes(phase) && !seen.every((each) => needed.has(each));
    });
    expect(early.map(({ id }) => id)).toEqual([]);
  });

  it('lets a worker be away that was part of the cluster, and no other machine', () => {
    const plan = planCreate(three, isRunning);
    const { needs, after } = stepOf(plan, 'compare-machines/test');
    expect([needs, after]).toEqual([['open-ssh/m1', 'open-ssh/m2', 'open-ssh/m3'], ['open-ssh/m4']]);
    const others = plan.steps.filter(({ target }) => target.name !== 'm4');
    expect(others.filter(({ id }) => before(plan, id, 'needs').has('open-ssh/m4'))).toEqual([]);
  });

  it('demands a worker that is new in a running cluster', () => {
    const plan = planCreate(three, { joined: new Set(['m1', 'm2', 'm3']) });
    expect(stepOf(plan, 'compare-machines/test').needs).toContain('open-ssh/m4');
  });

  it('removes the port listeners of each machine after the checks, however those end, and before its planes', () => {
    const plan = planCreate(three, isNew);
    for (const { name, roles } of three.machines) {
      const { needs, after } = stepOf(plan, `stop-port-listeners/${name}`);
      expect([needs, after]).toEqual([
        [`install-docker/${name}`],
        ['check-ports/test', `start-port-listeners/${name}`],
      ]);
      const planes = ['worker-plane', ...(roles.includes('etcd') ? ['etcd-plane', 'control-plane'] : [])];
      for (const plane of planes) {
        expect(before(plan, `${plane}/${name}`, 'needs')).toContain(`stop-port-listeners/${name}`);
      }
    }
  });

  it('keeps the other workers going when one fails', () => {
    const plan = planCreate(clusterOf([everyRole, ['worker'], ['worker']]), isNew);
    const ofOther = [...before(plan, 'node-ready/m3', 'needs')].filter((id) => id.endsWith('/m2'));
    // Up to the port checks all machines of a new cluster must be there; from then on none waits for another worker.
    expect(ofOther.sort()).toEqual(['install-docker/m2', 'open-ssh/m2', 'start-port-listeners/m2']);
    expect([...before(plan, 'finish/test', 'needs')].filter((id) => id.startsWith('node-ready/'))).toEqual([]);
  });

  it('deploys coredns and metrics-server while the network plugin rolls out', () => {
    const plan = planCreate(three, isNew);
    for (const addOn of ['coredns/test', 'metrics-server/test']) {
      expect(before(plan, addOn)).toContain('default-rbac/test');
      expect(before(plan, addOn)).not.toContain('network-plugin/test');
    }
  });

  it('lets the person’s own network plugin come before what needs a network', () => {
    const own = clusterOf([everyRole], { network: { plugin: 'none' } });
    expect(before(planCreate(own, isNew), 'user-addons/test')).not.toContain('coredns/test');
    expect(before(planCreate(three, isNew), 'user-addons/test')).toContain('coredns/test');
  });

  it('grows with the machines and no faster, and takes no time', () => {
    const small = sizeOf(clusterOf(machines(100)));
    const startedAt = performance.now();
    const large = sizeOf(clusterOf(machines(1000)));
    const tookMs = performance.now() - startedAt;
    expect((large.steps - small.steps) / 900).toBe(10);
    expect((large.edges - small.edges) / 900).toBeLessThan(40);
    // Some 30 ms on an idle core; square growth would need a thousand times more than ten machines do.
    expect(tookMs).toBeLessThan(5000);
  });
});

function machines(count: number) {
  return Array.from({ length: count }, (_, index) => (index < 3 ? everyRole : (['worker'] as const)));
}

function sizeOf(cluster: Cluster): { readonly steps: number; readonly edges: number } {
  const { steps } = planCreate(cluster, isNew);
  return { steps: steps.length, edges: steps.reduce((sum, { needs, after }) => sum + needs.length + after.length, 0) };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
