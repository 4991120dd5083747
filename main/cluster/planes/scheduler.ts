import type { Cluster, Machine } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import type { RemoteFile } from '../ports.ts';
import { machineValues } from './flag-values.ts';
import { componentContainer, kubernetesMount } from './service-container.ts';

export function schedulerContainer(cluster: Cluster, machine: Machine, files: readonly RemoteFile[]): ContainerSpec {
  return componentContainer(cluster, 'kubeScheduler', 'kubeScheduler', machineValues(cluster, machine), files, {
    name: 'kube-scheduler',
    mounts: [kubernetesMount],
  });
}
