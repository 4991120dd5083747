import type { Cluster } from '../cluster.ts';
import { sslFolder } from '../certificates/names.ts';
import { configPaths } from '../planes/config-paths.ts';
import type { Leftovers } from '../ports.ts';

interface Row {
  readonly kind: 'folder' | 'file' | 'empty folder' | 'device' | 'chain';
  readonly name: string;
  /** The container that made it, or whose pods did: where there was none of it, what has that name is not ours. */
  readonly of: 'etcd' | 'kube-apiserver' | 'kubelet' | 'kube-proxy';
  /** Only with our own network plugin: one that the person brought cleans up after itself. */
  readonly plugin?: 'flannel';
  readonly why: string;
}

/** RKE's list (rke-reference.md 11.9) without what may be somebody else's, and with what RKE forgets. */
export const leftoverTable: readonly Row[] = [
  {
    kind: 'folder',
    name: '/var/lib/etcd',
    of: 'etcd',
    why: "etcd's data; a new member refuses that of another cluster",
  },
  { kind: 'folder', name: '/var/log/kube-audit', of: 'kube-apiserver', why: 'the audit log of a cluster that is gone' },
  { kind: 'folder', name: '/var/lib/kubelet', of: 'kubelet', why: 'volumes and tokens of pods, still mounted' },
  { kind: 'folder', name: '/var/log/pods', of: 'kubelet', why: 'logs of pods' },
  { kind: 'folder', name: '/var/log/containers', of: 'kubelet', why: 'links into /var/log/pods' },
  // By name, because an inventory that was lost does not know them; the first `up` replaced what was there before.
  { kind: 'file', name: `${sslFolder}/kube-*.pem`, of: 'kubelet', why: 'certificates and keys' },
  { kind: 'file', name: `${sslFolder}/etcd-c*.pem`, of: 'kubelet', why: 'certificates and keys' },
  { kind: 'file', name: `${sslFolder}/kubecfg-kube-*.yaml`, of: 'kubelet', why: 'kubeconfigs of the components' },
  ...[
    configPaths.admission,
    configPaths.auditPolicy,
    configPaths.authnWebhook,
    configPaths.encryption,
    configPaths.kubelet,
    configPaths.kubeProxy,
    configPaths.nginx,
  ].map((name) => ({ kind: 'file' as const, name, of: 'kubelet' as const, why: 'configuration of the components' })),
  {
    kind: 'file',
    name: '/etc/cni/net.d/10-flannel.conflist',
    of: 'kubelet',
    plugin: 'flannel',
    why: 'the pod network',
  },
  {
    kind: 'file',
    name: '/etc/cni/net.d/.10-flannel.conflist.new',
    of: 'kubelet',
    plugin: 'flannel',
    why: 'half a copy',
  },
  ...['bandwidth', 'bridge', 'dhcp', 'dummy', 'firewall', 'flannel', 'host-device', 'host-local', 'ipvlan', 'loopback']
    .concat(['macvlan', 'portmap', 'ptp', 'sbr', 'static', 'tap', 'tuning', 'vlan', 'vrf'])
    .flatMap((name) => [`/opt/cni/bin/${name}`, `/opt/cni/bin/.${name}.new`])
    .map((name) => ({
      kind: 'file' as const,
      name,
      of: 'kubelet' as const,
      plugin: 'flannel' as const,
      why: 'our plugin image put it there',
    })),
  { kind: 'folder', name: '/run/flannel', of: 'kubelet', plugin: 'flannel', why: 'the subnet of this node' },
  { kind: 'folder', name: '/var/lib/cni/flannel', of: 'kubelet', plugin: 'flannel', why: 'networks of pods' },
  { kind: 'folder', name: '/var/lib/cni/networks/cbr0', of: 'kubelet', plugin: 'flannel', why: 'addresses of pods' },
  { kind: 'file', name: '/var/lib/cni/results/cbr0-*', of: 'kubelet', plugin: 'flannel', why: 'networks of pods' },
  { kind: 'file', name: '/var/lib/cni/results/cni-loopback-*', of: 'kubelet', why: 'networks of pods' },
  { kind: 'device', name: 'flannel.1', of: 'kubelet', plugin: 'flannel', why: 'the overlay' },
  { kind: 'device', name: 'cni0', of: 'kubelet', plugin: 'flannel', why: 'the bridge of the pods' },
  { kind: 'device', name: 'kube-ipvs0', of: 'kube-proxy', why: 'addresses of services in ipvs mode' },
  { kind: 'chain', name: 'KUBE-', of: 'kubelet', why: 'rules of kube-proxy and kubelet' },
  { kind: 'chain', name: 'FLANNEL-', of: 'kubelet', plugin: 'flannel', why: 'masquerading of pods' },
  { kind: 'chain', name: 'CNI-', of: 'kubelet', plugin: 'flannel', why: 'host ports of pods' },
  { kind: 'empty folder', name: sslFolder, of: 'kubelet', why: 'held our files' },
  { kind: 'empty folder', name: configPaths.nginxFolder, of: 'kubelet', why: 'held our files' },
  { kind: 'empty folder', name: '/etc/kubernetes', of: 'kubelet', why: 'held our files' },
  { kind: 'empty folder', name: '/etc/cni/net.d', of: 'kubelet', why: 'held our files' },
  { kind: 'empty folder', name: '/etc/cni', of: 'kubelet', why: 'held our files' },
  { kind: 'empty folder', name: '/opt/cni/bin', of: 'kubelet', why: 'held our files' },
  { kind: 'empty folder', name: '/opt/cni', of: 'kubelet', why: 'held our files' },
  // With our configuration, which does not name another place for them, containerd makes these at its start.
  { kind: 'empty folder', name: '/opt/containerd/bin', of: 'kubelet', why: "containerd's default" },
  { kind: 'empty folder', name: '/opt/containerd/lib', of: 'kubelet', why: "containerd's default" },
  { kind: 'empty folder', name: '/opt/containerd', of: 'kubelet', why: "containerd's default" },
  { kind: 'empty folder', name: '/var/lib/cni/networks', of: 'kubelet', why: 'held our files' },
  { kind: 'empty folder', name: '/var/lib/cni/results', of: 'kubelet', why: 'held our files' },
  { kind: 'empty folder', name: '/var/lib/cni', of: 'kubelet', why: 'held our files' },
];

/** @param containers Names of those that were ever recorded on the machine. */
export function leftoversOf({ spec, release }: Cluster, containers: ReadonlySet<string>): Leftovers {
  const rows = leftoverTable.filter(
    (row) => containers.has(row.of) && (row.plugin === undefined || row.plugin === spec.network.plugin),
  );
  const named = (kind: Row['kind']): readonly string[] => rows.flatMap((row) => (row.kind === kind ? row.name : []));
  return {
    pods: containers.has('kubelet') && release.dialect.runtime.kind === 'containerd',
    folders: named('folder'),
    files: named('file'),
    emptyFolders: named('empty folder'),
    devices: named('device'),
    chains: named('chain'),
  };
}
