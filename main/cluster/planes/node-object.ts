import type { Taint } from '#shared/spec/cluster.ts';
import type { InferOutput } from 'valibot';
import type { Machine } from '../cluster.ts';

export type NodeTaint = InferOutput<typeof Taint>;

/** As RKE labels nodes (rke-reference.md 10): `kubectl get nodes` shows them as roles. */
export function nodeLabels(machine: Machine): Readonly<Record<string, string>> {
  const roles = machine.roles.map((role) => [`node-role.kubernetes.io/${role}`, 'true'] as const);
  return { ...Object.fromEntries(roles), ...machine.labels };
}

/** RKE's own taints keep workloads off machines without the worker role; then the spec's. Sorted. */
export function nodeTaints(machine: Machine): readonly NodeTaint[] {
  const taints: NodeTaint[] = [];
  if (!machine.roles.includes('worker')) {
    if (machine.roles.includes('etcd')) taints.push(roleTaint('etcd', 'NoExecute'));
    if (machine.roles.includes('controlplane')) taints.push(roleTaint('controlplane', 'NoSchedule'));
  }
  return [...taints, ...machine.taints].sort((a, b) => (taintId(a) < taintId(b) ? -1 : 1));
}

/** Kubernetes tells taints apart by key and effect. */
export function taintId({ key, effect }: { readonly key: string; readonly effect: string }): string {
  return `${key}:${effect}`;
}

function roleTaint(role: string, effect: NodeTaint['effect']): NodeTaint {
  return { key: `node-role.kubernetes.io/${role}`, value: 'true', effect };
}
