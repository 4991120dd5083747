import type { ClusterSpec, MachineSpec } from '#shared/spec/cluster.ts';
import type { Cluster, Machine } from '../cluster.ts';
import { planMachines } from '../provision/plan-machines.ts';
import { expandPools, type VmRecords } from '../provision/pools.ts';
import type { Release } from '../releases/release.ts';

/**
 * What a run works on. Machines and their roles are sorted, so moving a line in the spec file changes nothing.
 * @param document must have passed `checkSpec` without errors; templates of the inventory that its pools name are in it.
 * @param records of the machines that we make, by name: see `proposeRecords`.
 */
export function buildCluster(
  id: string,
  document: ClusterSpec,
  release: Release,
  records: VmRecords = new Map(),
): Cluster {
  const { metadata, spec } = document;
  const { name } = metadata;
  const machines = [...spec.machines, ...expandPools({ id, name, spec }, records)]
    .map(machineOf)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { id, name, spec, release, machines, planned: planMachines(document, records), records };
}

function machineOf({ name, address, internalAddress, roles, labels, taints }: MachineSpec): Machine {
  return { name, address, internalIp: internalAddress ?? address, roles: [...roles].sort(), labels, taints };
}
