import type { KubePort, ObjectRef } from '../ports.ts';
import { addonAnnotations, namespace } from './deploy-job.ts';
import { parseInventory, union } from './inventory.ts';
import { isWorkload } from './rollout.ts';

/**
 * Workloads that add-ons have made, those of the spec in whatever namespace: what the ConfigMaps of all add-ons say that
 * they hold (`slipway.dev/inventory`, written before anything is made). 1 call.
 */
export async function recordedWorkloads(
  kube: Pick<KubePort, 'list'>,
  signal: AbortSignal,
): Promise<readonly ObjectRef[]> {
  const labelSelector = 'app.kubernetes.io/managed-by=slipway';
  const holders = await kube.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace, labelSelector }, signal);
  const recorded = holders.flatMap(({ metadata }) =>
    parseInventory(metadata.annotations?.[addonAnnotations.inventory] ?? ''),
  );
  // Where a manifest names no namespace, our job puts the object into the default one.
  const placed = recorded.filter(isWorkload).map((ref) => ({ ...ref, namespace: ref.namespace ?? 'default' }));
  return union(placed, []);
}
