import { stringify } from 'yaml';
import type { Cluster, Machine } from '../cluster.ts';
import { certificateNames, sslFolder } from '../certificates/names.ts';
import type { ContainerSpec, Mount } from '../container-spec.ts';
import type { MachineFacts } from '../machine-facts.ts';
import { cgroupDriverOf } from '../nodes/facts.ts';
import type { RemoteFile } from '../ports.ts';
import type { Dialect } from '../releases/dialect.ts';
import { tlsCipherSuites } from '../releases/flags.ts';
import { dnsServiceIp, kubeletValues } from './flag-values.ts';
import { mergedConfig } from './merged-config.ts';
import { nodeTaints } from './node-object.ts';
import { componentContainer, kubernetesMount } from './service-container.ts';

export function kubeletContainer(
  cluster: Cluster,
  machine: Machine,
  facts: MachineFacts,
  files: readonly RemoteFile[],
): ContainerSpec {
  return componentContainer(cluster, 'kubelet', 'kubelet', kubeletValues(cluster, machine, facts), files, {
    name: 'kubelet',
    privileged: true,
    pid: 'host',
    ...(facts.cgroupVersion === 2 ? { cgroupns: 'host' as const } : {}),
    mounts: [kubernetesMount, ...hostMounts, ...runtimeMounts(cluster.release.dialect)],
  });
}

/** The host as the kubelet has to see it (lab-facts.md "A cluster by hand", market.md 5.3). */
const hostMounts: readonly Mount[] = [
  { from: '/dev', to: '/dev', readOnly: false },
  { from: '/etc/machine-id', to: '/etc/machine-id', readOnly: true },
  // Otherwise the node would report the operating system of the kubelet's image.
  { from: '/etc/os-release', to: '/etc/os-release', readOnly: true },
  { from: '/etc/resolv.conf', to: '/etc/resolv.conf', readOnly: true },
  { from: '/lib/modules', to: '/lib/modules', readOnly: true },
  // Its sockets, lock files and systemd-resolved's list of servers.
  { from: '/run', to: '/run', readOnly: false, propagation: 'rslave' },
  { from: '/sys', to: '/sys', readOnly: false },
  // Volumes that it mounts must appear on the host, where containerd starts the pods.
  { from: '/var/lib/kubelet', to: '/var/lib/kubelet', readOnly: false, propagation: 'rshared' },
  { from: '/var/log', to: '/var/log', readOnly: false },
];

function runtimeMounts({ runtime }: Dialect): readonly Mount[] {
  const root: Mount = { from: runtime.rootDir, to: runtime.rootDir, readOnly: false, propagation: 'rslave' };
  // containerd calls CNI plugins on the host; dockershim calls them inside the kubelet's own container.
  const cni = ['/etc/cni', '/opt/cni', '/var/lib/cni'].map((folder) => ({ from: folder, to: folder, readOnly: false }));
  return runtime.kind === 'containerd' ? [root] : [root, ...cni];
}

/** KubeletConfiguration v1beta1 of one machine. Everything but the four flags of market.md 5.3 is in here. */
export function kubeletConfig(cluster: Cluster, machine: Machine, facts: MachineFacts): string {
  const { runtime } = cluster.release.dialect;
  const serving = `${sslFolder}/${certificateNames.kubelet(machine.name)}`;
  const taints = nodeTaints(machine);
  const config = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: machine.internalIp,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${sslFolder}/${certificateNames.ca}.pem` },
    },
    authorization: { mode: 'Webhook' },
    cgroupDriver: cgroupDriverOf(facts),
    clusterDNS: [dnsServiceIp(cluster)],
    clusterDomain: cluster.spec.dns.domain,
    ...(runtime.kind === 'containerd' ? { containerRuntimeEndpoint: runtime.endpoint } : {}),
    // The preflight let a machine with cgroup v1 pass, so its kubelet has to start: since 1.35 it refuses by default.
    failSwapOn: false,
    healthzBindAddress: '127.0.0.1',
    maxParallelImagePulls: 5,
    readOnlyPort: 0,
    ...(taints.length === 0 ? {} : { registerWithTaints: taints }),
    resolvConf: facts.resolvConf,
    serializeImagePulls: false,
    streamingConnectionIdleTimeout: '30m',
    tlsCertFile: `${serving}.pem`,
    tlsCipherSuites,
    tlsMinVersion: 'VersionTLS12',
    tlsPrivateKeyFile: `${serving}-key.pem`,
    volumePluginDir: '/var/lib/kubelet/volumeplugins',
  };
  return stringify(mergedConfig(config, cluster.spec.services.kubelet.config));
}
