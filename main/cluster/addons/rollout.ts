import type { Seen } from '#main/engine/until.ts';
import type { KubeObject } from '../ports.ts';
import { condition, numberAt, textAt } from './json-path.ts';

/** Kinds of which we wait for more than their presence. */
export function hasRollout(object: { readonly apiVersion: string; readonly kind: string }): boolean {
  return object.kind === 'APIService' || isWorkload(object);
}

/** Kinds that keep pods running. */
export function isWorkload({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return apiVersion === 'apps/v1' && (kind === 'Deployment' || kind === 'DaemonSet' || kind === 'StatefulSet');
}

/**
 * Whether the cluster does what the object says, from its status alone.
 * @param silentNodes nodes whose kubelet has gone silent: no pod can become ready there, and that is not the add-on's
 *   fault.
 */
export function rolloutSeen(object: KubeObject | undefined, silentNodes: number): Seen {
  if (!object) return { met: false, seen: 'it does not exist' };
  if (object.kind === 'APIService') return apiServiceSeen(object);
  if (numberAt(object, 'status', 'observedGeneration') < numberAt(object, 'metadata', 'generation')) {
    return { met: false, seen: 'its controller has not seen the newest version yet' };
  }
  return object.kind === 'DaemonSet' ? daemonSetSeen(object, silentNodes) : replicasSeen(object);
}

function daemonSetSeen(object: KubeObject, silentNodes: number): Seen {
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled');
  const updated = numberAt(object, 'status', 'updatedNumberScheduled');
  const available = numberAt(object, 'status', 'numberAvailable');
  const needed = Math.max(1, wanted - silentNodes);
  return {
    met: updated >= needed && available >= needed,
    seen: `${String(available)} of ${String(wanted)} nodes available, ${String(updated)} updated`,
  };
}

function replicasSeen(object: KubeObject): Seen {
  const wanted = numberAt(object, 'spec', 'replicas');
  const updated = numberAt(object, 'status', 'updatedReplicas');
  // A StatefulSet that was made before Kubernetes 1.22 has no availableReplicas.
  const available = Math.max(
    numberAt(object, 'status', 'availableReplicas'),
    object.kind === 'StatefulSet' ? numberAt(object, 'status', 'readyReplicas') : 0,
  );
  const all = numberAt(object, 'status', 'replicas');
  return {
    met: updated >= wanted && available >= wanted && all <= Math.max(updated, wanted),
    seen: `${String(available)} of ${String(wanted)} replicas available, ${String(updated)} updated`,
  };
}

function apiServiceSeen(object: KubeObject): Seen {
  const available = condition(object, 'Available');
  const reason = [textAt(available, 'reason'), textAt(available, 'message')].filter((text) => text !== '').join(': ');
  return { met: textAt(available, 'status') === 'True', seen: reason || 'the aggregator has not tried it yet' };
}

/** Names of the nodes whose kubelet has stopped reporting, sorted. */
export function silentNodes(nodes: readonly KubeObject[]): readonly string[] {
  return nodes
    .filter((node) => textAt(condition(node, 'Ready'), 'status') === 'Unknown')
    .map((node) => node.metadata.name)
    .sort();
}
