import { provisionErrors } from '#shared/errors/provision.ts';
import type { Cluster, ClusterRun } from '../cluster.ts';
import type { PreflightRequest, VspherePort } from '../vsphere-port.ts';
import type { PlannedMachine } from './plan-machines.ts';

/** In the order of the spec's pools. */
export function plannedMachines(cluster: Cluster): readonly PlannedMachine[] {
  return [...cluster.planned.values()];
}

export function plannedMachine(cluster: Cluster, machine: string): PlannedMachine {
  const found = cluster.planned.get(machine);
  if (!found) throw new Error(`${machine} is no machine of a pool of ${cluster.name}`); // a fault of the plan builder
  return found;
}

/** @throws `provision.no_vsphere` */
export function vsphereOf({ vsphere }: ClusterRun): VspherePort {
  if (!vsphere) throw provisionErrors.no_vsphere({});
  return vsphere;
}

/** Folders that machines of this cluster go to, each once. */
export function foldersOf(cluster: Cluster): readonly string[] {
  const folders = plannedMachines(cluster).flatMap(({ template }) => template.folder ?? []);
  return [...new Set(folders)].sort();
}

/** Of what is still to be made. */
export function preflightRequest({ cluster }: ClusterRun): PreflightRequest {
  const missing = plannedMachines(cluster).filter(({ record }) => !record.cloned);
  const pools = [...new Set(missing.map(({ pool }) => pool))];
  return {
    machines: pools.flatMap((pool) => {
      const own = missing.filter((planned) => planned.pool === pool);
      const [first] = own;
      if (!first) return [];
      const addresses = own.flatMap(({ record }) => (record.address === '' ? [] : [record.address]));
      return [{ template: first.template, pool, names: own.map(({ machine }) => machine), addresses }];
    }),
    cloudProvider: false,
  };
}
