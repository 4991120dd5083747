import type { VmRecord } from '#main/cluster/provision/vm-record.ts';
import type { ClusterRecord } from '#main/store/inventory/clusters.ts';
import type { MachinePool } from '#shared/spec/node-template.ts';
import { clusterNamed } from '#main/api/clusters/cluster-named.ts';
import type { World } from '#main/api/world.ts';

/** A machine pool as the inventory knows it. */
export interface PoolSummary {
  readonly cluster: string;
  readonly pool: string;
  /** '' for a pool that the spec no longer has, but that still has machines. */
  readonly template: string;
  readonly roles: readonly string[];
  /** So many machines the spec wants. */
  readonly wanted: number;
  /** Those that were begun, in the pool's order. */
  readonly machines: readonly PooledMachine[];
}

export interface PooledMachine {
  readonly name: string;
  /** vCenter's key for the VM. */
  readonly instanceUuid: string;
  /** Name of the host that we chose, else its managed object id; '' where DRS chooses, or none was chosen yet. */
  readonly host: string;
  /** '' until it was placed. */
  readonly datastore: string;
  /** '' until it is known. */
  readonly address: string;
  /** As far as it was recorded: nothing made yet, a place chosen, a clone begun, first boot over. */
  readonly state: 'planned' | 'placed' | 'made' | 'booted';
}

/** Of one cluster, or of all. @throws `store.cluster_unknown` */
export function listPools(world: World, cluster: string | undefined): readonly PoolSummary[] {
  const records = cluster === undefined ? world.store.clusters.list() : [clusterNamed(world, cluster)];
  return records.flatMap((record) => poolsOf(world, record));
}

function poolsOf({ store }: World, { id, name: cluster, spec }: ClusterRecord): readonly PoolSummary[] {
  const vms = [...store.viewOf(id).vms()];
  const wanted: ReadonlyMap<string, MachinePool> = new Map(spec.spec.pools.map((pool) => [pool.name, pool]));
  const left = vms.map(([, { pool }]) => pool).filter((pool) => !wanted.has(pool));
  return [...wanted.keys(), ...new Set(left)].map((name) => {
    const own = vms.filter(([, { pool }]) => pool === name).toSorted(([, a], [, b]) => a.index - b.index);
    const pool = wanted.get(name);
    return {
      cluster,
      pool: name,
      template: pool?.template ?? '',
      roles: pool?.roles ?? [],
      wanted: pool?.count ?? 0,
      machines: own.map(([machine, record]) => machineOf(machine, record)),
    };
  });
}

function machineOf(name: string, { instanceUuid, placement, address, cloned, booted }: VmRecord): PooledMachine {
  const state = booted ? 'booted' : cloned ? 'made' : placement ? 'placed' : 'planned';
  const host = placement?.hostName ?? placement?.host?.id ?? '';
  return { name, instanceUuid, host, datastore: placement?.datastoreName ?? '', address, state };
}
