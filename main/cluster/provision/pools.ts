import type { ClusterSpec, MachineSpec } from '#shared/spec/cluster.ts';
import type { MachinePool, NodeTemplate } from '#shared/spec/node-template.ts';
import type { VmRecord } from './vm-record.ts';

/** A machine that a pool asks for. */
export interface PoolMachine {
  /** Of VM, host and node in one. */
  readonly name: string;
  readonly pool: MachinePool;
  /** Within the pool, from 0. */
  readonly index: number;
}

/** In the order of the pools, then by index. */
export function poolMachines(clusterName: string, pools: readonly MachinePool[]): readonly PoolMachine[] {
  return pools.flatMap((pool) =>
    Array.from({ length: pool.count }, (_, index) => ({ name: machineName(clusterName, pool, index), pool, index })),
  );
}

/** @param index from 0; people count from 1. */
function machineName(clusterName: string, pool: MachinePool, index: number): string {
  return pool.hostname
    .replaceAll('{cluster}', clusterName)
    .replaceAll('{pool}', pool.name)
    .replaceAll('{n}', String(index + 1));
}

/** Where in `spec.templates` it is, for the field path of an error; -1 when it is not there. */
export function templateIndex(spec: Pick<ClusterSpec['spec'], 'templates'>, name: string): number {
  return spec.templates.findIndex((template) => template.name === name);
}

/** @throws when there is none: a fault of the program, `checkSpec` has said so before. */
export function templateNamed(spec: Pick<ClusterSpec['spec'], 'templates'>, name: string): NodeTemplate {
  const template = spec.templates[templateIndex(spec, name)];
  if (!template) throw new Error(`No node template "${name}" in the spec`);
  return template;
}

/** A `Cluster` is one, too. */
export interface ClusterWithPools {
  readonly id: string;
  readonly name: string;
  readonly spec: Pick<ClusterSpec['spec'], 'pools' | 'templates'>;
}

export type VmRecords = ReadonlyMap<string, VmRecord>;

/** Where the private key of a cluster's own machines is, as `auth.key` of the spec. Made before the first machine. */
export function machineKeyReference(clusterId: string): string {
  return `vault:ssh/${clusterId}`;
}

/**
 * The machines of the pools as if a person had written them into `spec.machines`: what connects to machines needs to
 * know no pools. The address is '' until the machine has one.
 * @param records by machine name.
 */
export function expandPools(
  { id, name: clusterName, spec }: ClusterWithPools,
  records: VmRecords,
): readonly MachineSpec[] {
  return poolMachines(clusterName, spec.pools).map(({ name, pool }) => {
    // A spec that names no such template is refused by `checkSpec`, which itself looks at the machines.
    const user = spec.templates[templateIndex(spec, pool.template)]?.user;
    return poolMachineSpec(id, { name, pool, user, record: records.get(name) });
  });
}

/** One of them. */
export function poolMachineSpec(
  clusterId: string,
  machine: {
    readonly name: string;
    readonly pool: MachinePool;
    readonly user: string | undefined;
    readonly record: VmRecord | undefined;
  },
): MachineSpec {
  const { name, pool, user, record } = machine;
  return {
    name,
    address: record?.address ?? '',
    roles: pool.roles,
    labels: pool.labels,
    taints: pool.taints,
    port: 22,
    auth: { kind: 'key', key: machineKeyReference(clusterId) },
    ...(user === undefined ? {} : { user }),
    ...(record?.hostKey ? { hostKey: record.hostKey } : {}),
  };
}
