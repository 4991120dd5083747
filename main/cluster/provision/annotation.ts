export interface VmOwner {
  readonly clusterId: string;
  readonly clusterName: string;
  readonly machine: string;
  readonly runId: string;
}

/** Notes of a VM: the first line is for whoever finds it in vCenter, the others are read again by us. */
export function annotationOf({ clusterId, clusterName, machine, runId }: VmOwner): string {
  return [
    `Made by Slipway: machine ${machine} of the Kubernetes cluster ${clusterName}.`,
    `slipway.dev/cluster: ${clusterId}`,
    `slipway.dev/run: ${runId}`,
  ].join('\n');
}
