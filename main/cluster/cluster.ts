import type { ClusterSpec, Role, MachineSpec } from '#shared/spec/cluster.ts';
import type { Ports } from './ports.ts';
import type { PlannedMachine } from './provision/plan-machines.ts';
import type { VmRecord } from './provision/vm-record.ts';
import type { Release } from './releases/release.ts';

/** A machine of the spec with its defaults filled in. */
export interface Machine {
  readonly name: string;
  /** Where we and the person's kubectl reach it. '' as long as a machine that we make has none. */
  readonly address: string;
  /** Where the other machines reach it. */
  readonly internalIp: string;
  /** Sorted. */
  readonly roles: readonly Role[];
  readonly labels: MachineSpec['labels'];
  readonly taints: MachineSpec['taints'];
}

/** What one run works on: the approved spec and the release. Pure data; equal input gives equal plans. */
export interface Cluster {
  /** Namespace in the inventory, `c-` + 5 characters; the owner label on all that is ours. */
  readonly id: string;
  readonly name: string;
  readonly spec: ClusterSpec['spec'];
  readonly release: Release;
  /** Given ones and those of pools, sorted by name: moving a line in the spec file changes nothing. */
  readonly machines: readonly Machine[];
  /** Machines of pools, in the order of the spec. */
  readonly planned: ReadonlyMap<string, PlannedMachine>;
  /** Of all machines that were ever begun, also of those that the spec no longer names. */
  readonly records: ReadonlyMap<string, VmRecord>;
}

/** What phases get: the ports and the cluster that they are for. */
export interface ClusterRun extends Ports {
  /** Asked for at each use: addresses of machines that the run makes come while it runs. */
  readonly cluster: Cluster;
  /** '' for a look that is no run. */
  readonly runId: string;
}

export function machinesWith(cluster: Cluster, role: Role): readonly Machine[] {
  return cluster.machines.filter((machine) => machine.roles.includes(role));
}

export function machineNamed(cluster: Cluster, name: string): Machine {
  const machine = cluster.machines.find((candidate) => candidate.name === name);
  if (!machine) throw new Error(`No machine "${name}" in cluster ${cluster.name}`); // a fault of the plan builder
  return machine;
}
