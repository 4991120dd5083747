import type { Cluster, Machine } from '../cluster.ts';
import type { FoundContainer } from '../ports.ts';
import { listenedPorts, type ListenedPort } from './port-matrix.ts';

/** Ports of a machine, by who has them. */
export interface PortOwners {
  /** One of this cluster's components runs and has it: it cannot be listened on, and need not be. */
  readonly taken: readonly ListenedPort[];
  readonly free: readonly ListenedPort[];
}

export function portOwners(cluster: Cluster, machine: Machine, containers: readonly FoundContainer[]): PortOwners {
  const running = new Set(
    containers.filter((found) => found.running && found.owner === cluster.id).map(({ name }) => name),
  );
  const ports = listenedPorts(cluster, machine);
  return {
    taken: ports.filter(({ component }) => running.has(component)),
    free: ports.filter(({ component }) => !running.has(component)),
  };
}
