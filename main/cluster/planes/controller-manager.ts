import type { Cluster, Machine } from '../cluster.ts';
import type { ContainerSpec } from '../container-spec.ts';
import type { RemoteFile } from '../ports.ts';
import { machineValues } from './flag-values.ts';
import { componentContainer, kubernetesMount } from './service-container.ts';

export function controllerManagerContainer(
  cluster: Cluster,
  machine: Machine,
  files: readonly RemoteFile[],
): ContainerSpec {
  const values = machineValues(cluster, machine);
  return componentContainer(cluster, 'kubeControllerManager', 'kubeControllerManager', values, files, {
    name: 'kube-controller-manager',
    mounts: [kubernetesMount],
  });
}
