import { condition, textAt } from '../addons/json-path.ts';
import type { Cluster } from '../cluster.ts';
import type { KubeObject } from '../ports.ts';

/** A node as the API knows it, for the inventory's status. */
export type NodeStatus = { readonly version: string; readonly ready: boolean; readonly reason: string };

/** One entry for each machine of the spec, by name: a machine whose node is not there is not ready. */
export function nodeStatuses(cluster: Cluster, nodes: readonly KubeObject[]): ReadonlyMap<string, NodeStatus> {
  return new Map(
    cluster.machines.map(({ name }) => [name, statusOf(nodes.find((node) => node.metadata.name === name))]),
  );
}

function statusOf(node: KubeObject | undefined): NodeStatus {
  if (!node) return { version: '', ready: false, reason: 'it has not joined the cluster' };
  const ready = condition(node, 'Ready');
  const isReady = textAt(ready, 'status') === 'True';
  const reason = textAt(ready, 'message') || textAt(ready, 'reason') || 'its kubelet has not reported yet';
  return {
    version: textAt(node, 'status', 'nodeInfo', 'kubeletVersion'),
    ready: isReady,
    reason: isReady ? '' : reason,
  };
}

/**
 * The cluster's own record of who built it and of what it is made (RKE kept its whole state there, keys included; this
 * holds nothing secret). It is the last thing a run writes, so it says that a run came to its end.
 */
export function clusterRecord(cluster: Cluster, statuses: ReadonlyMap<string, NodeStatus>): KubeObject {
  const machines = cluster.machines.map(({ name, roles }) => {
    const status = statuses.get(name);
    return { name, roles, version: status?.version ?? '', ready: status?.ready ?? false };
  });
  const record = { id: cluster.id, name: cluster.name, release: cluster.release.version, machines };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'slipway-cluster',
      namespace: 'kube-system',
      labels: { 'app.kubernetes.io/managed-by': 'slipway' },
    },
    data: { 'cluster.json': JSON.stringify(record, undefined, 2) },
  };
}
