/** Whose a VM is, as its notes in vCenter say. */
export interface VmOwner {
  readonly clusterId: string;
  readonly clusterName: string;
  readonly machine: string;
  readonly runId: string;
}

const keys = {
  clusterId: 'slipway.dev/cluster',
  clusterName: 'slipway.dev/cluster-name',
  machine: 'slipway.dev/machine',
  runId: 'slipway.dev/run',
} as const;

/** The notes of a VM that we make: a sentence for people, then one line per fact. */
export function annotationOf(owner: VmOwner): string {
  const lines = [
    `Machine ${owner.machine} of the Kubernetes cluster ${owner.clusterName}, made by Slipway.`,
    'The lines below say whose it is. Please keep them; your own notes may follow.',
    `${keys.clusterId}: ${owner.clusterId}`,
    `${keys.clusterName}: ${owner.clusterName}`,
    `${keys.machine}: ${owner.machine}`,
    `${keys.runId}: ${owner.runId}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Reads it back, wherever people wrote around it. `undefined`: the VM is not ours. What is missing beyond that is ''. */
export function parseAnnotation(text: string): VmOwner | undefined {
  const valueOf = (key: string): string => new RegExp(`^\\s*${key}:\\s*(\\S+)\\s*$`, 'm').exec(text)?.[1] ?? '';
  const clusterId = valueOf(keys.clusterId);
  if (clusterId === '') return undefined;
  return {
    clusterId,
    clusterName: valueOf(keys.clusterName),
    machine: valueOf(keys.machine),
    runId: valueOf(keys.runId),
  };
}
