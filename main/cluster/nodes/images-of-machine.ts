import { type Cluster, type Machine, machinesWith } from '../cluster.ts';
import { systemImage } from '../releases/images.ts';
import type { ReleaseImages } from '../releases/release.ts';

/** Images that a machine needs before its planes start. Sorted. */
export interface MachineImages {
  /** Of the components, which Docker runs. */
  readonly docker: readonly string[];
  /** Of system pods, which containerd runs. */
  readonly pods: readonly string[];
}

/** Add-on pods may land on any worker; on more machines than this it is cheaper that their kubelets pull when they do. */
const mostAddonMachines = 10;

export function imagesOf(cluster: Cluster, machine: Machine): MachineImages {
  const has = (role: 'etcd' | 'controlplane' | 'worker'): boolean => machine.roles.includes(role);
  const docker: (keyof ReleaseImages)[] = ['kubelet', 'kubeProxy', 'nginx'];
  if (has('etcd')) docker.push('etcd');
  if (has('controlplane')) docker.push('kubeApiserver', 'kubeControllerManager', 'kubeScheduler');

  const pods: (keyof ReleaseImages)[] = ['pause'];
  if (cluster.spec.network.plugin === 'flannel') pods.push('flannel', 'cniPlugins');
  if (has('controlplane')) pods.push('kubectl');
  const workers = machinesWith(cluster, 'worker');
  if (has('worker') && workers.length <= mostAddonMachines) {
    if (cluster.spec.dns.enabled) pods.push('coredns');
    if (cluster.spec.metrics.enabled) pods.push('metricsServer');
  }
  return { docker: references(cluster, docker), pods: references(cluster, pods) };
}

function references(cluster: Cluster, keys: readonly (keyof ReleaseImages)[]): readonly string[] {
  return [...new Set(keys.map((key) => systemImage(cluster, key)))].sort();
}
