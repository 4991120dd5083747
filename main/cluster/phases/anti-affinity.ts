import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { provisionErrors } from '#shared/errors/provision.ts';
import type { ClusterRun } from '../cluster.ts';
import { antiAffinityKey } from '../provision/names.ts';
import { plannedMachines, vsphereOf } from '../provision/planned.ts';
import type { AntiAffinityRule } from '../vsphere-port.ts';

/** Keeps the machines of one pool on different hosts, also after DRS and maintenance have moved them. */
export const antiAffinity = definePhase<ClusterRun, { readonly pool: string }>({
  id: 'anti-affinity',
  title: 'Anti-affinity',
  async check(run, { pool }, context) {
    const members = plannedMachines(run.cluster).filter((member) => member.pool.name === pool);
    if (!members.some(({ record }) => record.cloned)) return todo('its machines have not been made yet');
    const rules = wantedRules(run, pool, context);
    if (rules.length === 0) return done('no two of its machines are in one cluster of hosts');
    for (const rule of rules) {
      if (!(await isSo(run, rule, context.signal))) return todo(`the rule "${rule.name}" is not as wanted`);
    }
    return done('the rule is as wanted');
  },
  async apply(run, { pool }, context) {
    const vsphere = vsphereOf(run);
    for (const rule of wantedRules(run, pool, context)) {
      const key = `${rule.cluster.id}/${rule.name}`;
      await run.inventory.recordArtefacts([{ kind: 'vsphere-rule', key, where: vsphere.address }]);
      await vsphere.ensureRule(rule, context.signal);
    }
  },
  async verify(run, { pool }, context) {
    for (const rule of wantedRules(run, pool, context)) {
      if (await isSo(run, rule, context.signal)) continue;
      const problem = 'it was written and is not as wanted';
      throw provisionErrors.finding({
        subject: `rule ${rule.name}`,
        problem,
        remedy: 'Look at the cluster in vCenter.',
      });
    }
  },
});

/** One per cluster of hosts that at least two machines of the pool are in. A host that is in no cluster has no rules. */
function wantedRules(run: ClusterRun, pool: string, context: StepContext): readonly AntiAffinityRule[] {
  const rules = new Map<string, AntiAffinityRule>();
  for (const { pool: of, record } of plannedMachines(run.cluster)) {
    if (of.name !== pool || of.antiAffinity === 'none' || !record.cloned || !record.placement) continue;
    const { cluster } = record.placement;
    if (!cluster) {
      context.warn(`The machines of pool ${pool} are on hosts outside of any cluster: nothing keeps them apart later.`);
      continue;
    }
    const before = rules.get(cluster.id)?.instanceUuids ?? [];
    rules.set(cluster.id, {
      ...antiAffinityKey(run.cluster, pool, cluster),
      mandatory: of.antiAffinity === 'must',
      instanceUuids: [...before, record.instanceUuid].sort(),
    });
  }
  return [...rules.values()].filter(({ instanceUuids }) => instanceUuids.length > 1);
}

async function isSo(run: ClusterRun, wanted: AntiAffinityRule, signal: AbortSignal): Promise<boolean> {
  const found = await vsphereOf(run).findRule(wanted, signal);
  if (!found || found.mandatory !== wanted.mandatory) return false;
  return [...found.instanceUuids].sort().join() === wanted.instanceUuids.join();
}
