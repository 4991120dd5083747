/**
 * Workers first, but not only: a cluster whose workers are all away (or that has none) keeps its DNS and metrics on the
 * control plane. RKE required the label, so such a cluster never got any.
 */
export const preferWorkers = {
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      preference: { matchExpressions: [{ key: 'node-role.kubernetes.io/worker', operator: 'Exists' }] },
    },
  ],
} as const;

/** Taints of RKE's dedicated nodes. Not every taint: a cordoned or dying node must not attract the pods it loses. */
export const systemTolerations = [
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
  { key: 'node-role.kubernetes.io/controlplane', operator: 'Exists' },
  { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' },
  { key: 'node-role.kubernetes.io/etcd', operator: 'Exists' },
  // Off a dead node after half a minute; Kubernetes' default is five.
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
] as const;
