import type { Cluster } from '../cluster.ts';
import type { AntiAffinityKey, ManagedRef, VsphereTag } from '../vsphere-port.ts';

/** Tags of these categories say whose an object is. Their names are looked for years later: they never change. */
export const clusterCategory = 'slipway-cluster';
export const runCategory = 'slipway-run';

export function clusterTag({ id }: Cluster): VsphereTag {
  return { category: clusterCategory, name: id };
}

export function runTag({ id }: Cluster, runId: string): VsphereTag {
  return { category: runCategory, name: `${id}.${runId}` };
}

/** Below the datastore. In a folder of the cluster's own, because it holds keys and must be found again. */
export function bootIsoPath({ id }: Pick<Cluster, 'id'>, machine: string): string {
  return `slipway-${id}/${machine}.iso`;
}

export function antiAffinityName({ id, name }: Cluster, pool: string): string {
  return `slipway ${name} ${pool} (${id})`;
}

/** Of which cluster a rule is, by its name; `undefined` when it is none of ours. */
export function clusterOfRule(name: string): string | undefined {
  return /^slipway \S+ \S+ \((c-[a-z0-9]{5})\)$/.exec(name)?.[1];
}

export function antiAffinityKey(cluster: Cluster, pool: string, where: ManagedRef): AntiAffinityKey {
  return { cluster: where, name: antiAffinityName(cluster, pool) };
}

/** Sealed in the inventory, by machine. */
export const hostKeySecret = (machine: string): string => `ssh-host-key/${machine}`;
/** The key with which we, and the person, log in to the machines of this cluster. */
export const userKeySecret = 'ssh-user-key';
