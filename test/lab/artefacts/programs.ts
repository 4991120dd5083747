import { goProgram } from './go-program.ts';

const kubernetesVersion = 'k8s.io/component-base/version';
const metricsServerVersion = 'v0.9.0';
const flannelVersion = 'v0.26.7';
const cniPlugins = 'github.com/containernetworking/plugins/plugins';

/** kube-apiserver, -controller-manager, -scheduler, kube-proxy, kubelet and kubectl in one. 6 to 12 minutes. */
export const kubernetes = goProgram({
  module: 'kubernetes',
  values: {
    [`${kubernetesVersion}.gitVersion`]: 'v1.36.3',
    [`${kubernetesVersion}.gitMajor`]: '1',
    [`${kubernetesVersion}.gitMinor`]: '36',
    [`${kubernetesVersion}.gitTreeState`]: 'clean',
  },
});

/** etcd, etcdctl and etcdutl in one. */
export const etcd = goProgram({ module: 'etcd' });

export const coredns = goProgram({ module: 'coredns' });

export const metricsServer = goProgram({
  module: 'metrics-server',
  values: { [`${kubernetesVersion}.gitVersion`]: metricsServerVersion },
});

export const flannel = goProgram({
  module: 'flannel',
  packages: ['github.com/flannel-io/flannel'],
  values: { 'github.com/flannel-io/flannel/pkg/version.Version': flannelVersion },
  patch: { module: 'github.com/flannel-io/flannel', folder: 'pkg/backend/udp', by: 'udp.go.txt' },
});

export const cniPluginNames = [
  ...['main/bridge', 'main/loopback', 'ipam/host-local', 'ipam/static'],
  ...['meta/portmap', 'meta/bandwidth', 'meta/firewall', 'meta/tuning'],
] as const;

export const cni = goProgram({ module: 'cni', packages: cniPluginNames.map((name) => `${cniPlugins}/${name}`) });

/** The plugin flannel's daemon writes the configuration for; the project's later releases no longer have it. */
export const cniFlannel = goProgram({ module: 'cni-flannel', packages: [`${cniPlugins}/meta/flannel`] });

export const pause = goProgram({ module: 'pause' });

export const echo = goProgram({ module: 'echo' });
