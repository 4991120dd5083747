import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import type { Cluster } from '#main/cluster/cluster.ts';
import { proposeRecords } from '#main/cluster/provision/propose.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';
import type { ClusterSpec, ClusterSpecInput, Role } from '#shared/spec/cluster.ts';
import type { NodeTemplateInput } from '#shared/spec/node-template.ts';

type SpecPart = Omit<ClusterSpecInput['spec'], 'machines'>;

/** A spec with machines `m1` (10.0.0.1), `m2` (10.0.0.2), …, one per list of roles. */
export function specOf(roles: readonly (readonly Role[])[], more: SpecPart = {}): ClusterSpec {
  const machines = roles.map((own, index) => ({
    name: `m${index + 1}`,
    address: `10.0.${Math.floor((index + 1) / 250)}.${(index + 1) % 250 || 250}`,
    roles: [...own],
  }));
  return parseSpec({
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name: 'test' },
    spec: { ...more, machines },
  });
}

export const everyRole = ['controlplane', 'etcd', 'worker'] as const;

export function clusterOf(roles: readonly (readonly Role[])[], more: SpecPart = {}): Cluster {
  return buildCluster('c-tests', specOf(roles, more), findRelease('v1.36.3'));
}

/** `shop`: one machine with every role at a static address and two workers by DHCP, all to be made in vCenter. */
export function poolsCluster(template: Partial<NodeTemplateInput> = {}): Cluster {
  const base = { source: { vm: '/DC0/vm/debian-13' }, folder: '/DC0/vm/slipway/shop', ...template };
  const fixed = { kind: 'static' as const, ranges: ['10.0.0.11-10.0.0.19'], prefix: 24, gateway: '10.0.0.1' };
  const spec = parseSpec({
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name: 'shop' },
    spec: {
      vsphere: { credential: 'lab' },
      templates: [
        { ...base, name: 'fixed', networks: [{ network: 'VM Network', addresses: fixed }] },
        { ...base, name: 'dhcp', networks: [{ network: 'VM Network' }] },
      ],
      pools: [
        { name: 'all', template: 'fixed', count: 1, roles: [...everyRole] },
        { name: 'work', template: 'dhcp', count: 2, roles: ['worker'] },
      ],
    },
  });
  const records = proposeRecords('c-tests', spec, new Map(), new Set());
  return buildCluster('c-tests', spec, findRelease('v1.36.3'), records);
}
