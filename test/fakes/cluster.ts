import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import type { Cluster } from '#main/cluster/cluster.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';
import type { ClusterSpec, ClusterSpecInput, Role } from '#shared/spec/cluster.ts';

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
