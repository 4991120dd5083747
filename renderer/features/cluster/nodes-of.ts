import type { ClusterDetails, ClusterHealth, PoolSummary } from '#renderer/lib/client/answers.ts';
import { factsSeen } from './machine-facts.ts';

/** A machine of the inventory and the node that it is, as far as either is known. */
export interface ClusterNode {
  readonly name: string;
  readonly address: string;
  readonly roles: readonly string[];
  readonly pool: string | undefined;
  /** `undefined` where the cluster was not asked or does not answer. */
  readonly ready: boolean | undefined;
  /** Of its kubelet; '' where none is known. */
  readonly version: string;
  readonly problems: readonly string[];
  readonly system: string | undefined;
  readonly docker: string | undefined;
}

/** In the inventory's order, then nodes that it does not know. */
export function nodesOf(
  machines: ClusterDetails['machines'],
  health: ClusterHealth | undefined,
  pools: readonly PoolSummary[],
): readonly ClusterNode[] {
  const nodes = new Map(health?.reachable ? health.nodes.map((node) => [node.name, node]) : []);
  const poolOf = new Map(pools.flatMap(({ pool, machines: own }) => own.map(({ name }) => [name, pool] as const)));
  const known = machines.map(({ name, address, roles, facts }): ClusterNode => {
    const node = nodes.get(name);
    const seen = factsSeen(facts);
    nodes.delete(name);
    return {
      name,
      address: address || (node?.address ?? ''),
      roles,
      pool: poolOf.get(name),
      ready: node?.ready,
      version: node?.version ?? '',
      problems: node?.problems ?? [],
      system: seen?.system,
      docker: seen?.docker,
    };
  });
  const others = [...nodes.values()].map((node) => ({
    ...node,
    pool: undefined,
    system: undefined,
    docker: undefined,
  }));
  return [...known, ...others];
}
