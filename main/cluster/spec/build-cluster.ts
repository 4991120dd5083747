import type { ClusterSpec, MachineSpec } from '#shared/spec/cluster.ts';
import type { Cluster, Machine } from '../cluster.ts';
import type { Release } from '../releases/release.ts';

/**
 * What a run works on. Machines and their roles are sorted, so moving a line in the spec file changes nothing.
 * @param spec must have passed `checkSpec` without errors.
 */
export function buildCluster(id: string, { metadata, spec }: ClusterSpec, release: Release): Cluster {
  const machines = spec.machines.map(machineOf).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { id, name: metadata.name, spec, release, machines };
}

function machineOf({ name, address, internalAddress, roles, labels, taints }: MachineSpec): Machine {
  return { name, address, internalIp: internalAddress ?? address, roles: [...roles].sort(), labels, taints };
}
