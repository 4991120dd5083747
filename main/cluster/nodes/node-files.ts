import type { Cluster, Machine } from '../cluster.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { RegistryLogin, RemoteFile } from '../ports.ts';
import { systemImage } from '../releases/images.ts';
import { containerdConfig } from './containerd-config.ts';
import { mergedDaemonJson } from './daemon-json.ts';
import { cgroupDriverOf } from './facts.ts';
import { dockerCaFiles, registryHostFiles } from './registry-hosts.ts';

/** What a machine's files must be, by what has to be done after one of them changed. */
export interface NodeFiles {
  /** Kernel settings, kept over a reboot: then the preparation unit runs again. */
  readonly system: readonly RemoteFile[];
  /** Then containerd restarts. */
  readonly containerd: readonly RemoteFile[];
  /** Then Docker restarts. */
  readonly docker: readonly RemoteFile[];
  /** Read at each pull: nothing restarts. May hold logins. */
  readonly registries: readonly RemoteFile[];
  readonly warnings: readonly string[];
}

export const daemonJsonPath = '/etc/docker/daemon.json';
export const containerdConfigPath = '/etc/containerd/config.toml';
export const unitFolder = '/etc/systemd/system';
export const preparationUnit = 'slipway-node.service';

/** Where somebody's own file waits while ours stands in its place. No program reads files that are called so. */
export const backupOf = (path: string): string => `${path}.before-slipway`;

/** Pods route through the machine, and bridged traffic must pass iptables or Services do not work (k8s docs). */
export const sysctls: Readonly<Record<string, string>> = {
  'net.bridge.bridge-nf-call-ip6tables': '1',
  'net.bridge.bridge-nf-call-iptables': '1',
  'net.ipv4.ip_forward': '1',
};

/**
 * Pure. `facts` must be from after the installation: containerd's version decides the form of its configuration.
 * @param daemonJson what stands in Docker's configuration now, `undefined` when there is no file.
 * @throws `preflight.daemon_json_unreadable`.
 */
export function nodeFiles(
  cluster: Cluster,
  machine: Machine,
  facts: MachineFacts,
  {
    daemonJson,
    logins,
  }: { readonly daemonJson: string | undefined; readonly logins: ReadonlyMap<string, RegistryLogin> },
): NodeFiles {
  const { registries } = cluster.spec;
  const daemon = mergedDaemonJson(machine.name, daemonJson, registries);
  const containerd = containerdConfig({
    version: facts.containerd?.version ?? '1.7',
    sandboxImage: systemImage(cluster, 'pause'),
    systemdCgroup: cgroupDriverOf(facts) === 'systemd',
  });
  return {
    system: systemFiles(),
    containerd: [text(containerdConfigPath, containerd)],
    docker: [text(daemonJsonPath, daemon.text)],
    registries: [...registryHostFiles(registries, logins), ...dockerCaFiles(registries)],
    warnings: daemon.warnings,
  };
}

export function allFiles({ system, containerd, docker, registries }: NodeFiles): readonly RemoteFile[] {
  return [...system, ...containerd, ...docker, ...registries];
}

function systemFiles(): readonly RemoteFile[] {
  const settings = Object.entries(sysctls).map(([key, value]) => `${key} = ${value}`);
  return [
    text('/etc/modules-load.d/90-slipway.conf', 'overlay\nbr_netfilter\n'),
    text('/etc/sysctl.d/90-slipway.conf', `${settings.join('\n')}\n`),
    // With udev's default policy the MAC of flannel.1 changes after flanneld has told it to the other machines.
    text(
      '/etc/systemd/network/50-slipway-flannel.link',
      '[Match]\nOriginalName=flannel*\n\n[Link]\nMACAddressPolicy=none\n',
    ),
    text(`${unitFolder}/${preparationUnit}`, preparation),
  ];
}

/**
 * At each boot before Docker: the kubelet's `:shared` mounts need a shared `/` (so on every distribution, but not in a
 * machine that is a container), and bridges need their module before their sysctls. The leading "-" is systemd's "go
 * on when it fails": a module may be built in, and what is really missing is found by setting the sysctls.
 */
const preparation = `[Unit]
Description=Slipway: mounts and kernel modules for Kubernetes
DefaultDependencies=no
After=local-fs.target systemd-modules-load.service
Before=docker.service containerd.service systemd-sysctl.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mount --make-rshared /
ExecStart=-/sbin/modprobe -a overlay br_netfilter

[Install]
WantedBy=multi-user.target
`;

function text(path: string, content: string): RemoteFile {
  return { path, content: new TextEncoder().encode(content), mode: 0o644 };
}
