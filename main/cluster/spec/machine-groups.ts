import type { ClusterSpec, MachineSpec } from '#shared/spec/cluster.ts';

/** Machines that are equal but for name and address: one of `spec.machines`, or all those of a pool. */
export interface MachineGroup extends Pick<MachineSpec, 'roles' | 'labels' | 'taints'> {
  /** Path of the mapping that says so: `spec.machines[1]`, `spec.pools[0]`. */
  readonly field: string;
  readonly count: number;
}

/** All machines of a spec, those to be made among them. */
export function machineGroups({ machines, pools }: Pick<ClusterSpec['spec'], 'machines' | 'pools'>) {
  const groups: readonly MachineGroup[] = [
    ...machines.map((machine, index) => ({ ...machine, field: `spec.machines[${index}]`, count: 1 })),
    ...pools.map((pool, index) => ({ ...pool, field: `spec.pools[${index}]` })),
  ];
  return groups;
}

export function countOf(groups: readonly MachineGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}
