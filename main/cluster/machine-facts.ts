import type { Json } from '#shared/json.ts';

/** What a look at a machine told. Kept in the inventory; plans are made from it, never from a live machine. */
export type MachineFacts = {
  /** From /etc/os-release: `debian`, `12`, "Debian GNU/Linux 12 (bookworm)". */
  readonly os: {
    readonly id: string;
    readonly idLike: readonly string[];
    readonly version: string;
    readonly name: string;
  };
  readonly architecture: 'amd64' | 'arm64' | 'other';
  readonly kernel: string;
  readonly hostname: string;
  /** Equal ids on two machines break flannel: udev derives the VXLAN device's MAC from it. */
  readonly machineId: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly cgroupVersion: 1 | 2;
  readonly swapMiB: number;
  /** Free space of the file systems that hold these folders (nearest existing parent), in MiB. */
  readonly freeMiB: Readonly<Record<'/var/lib/docker' | '/var/lib/etcd' | '/var/lib/kubelet' | '/etc', number>>;
  readonly addresses: readonly string[];
  /** Address of the default route's interface, '' when there is none. */
  readonly defaultAddress: string;
  readonly mtu: number;
  /** `root`, `sudo` (passwordless), `docker-group` (no root: Docker must be there already) or `none`. */
  readonly privilege: 'root' | 'sudo' | 'docker-group' | 'none';
  readonly hasSystemd: boolean;
  readonly packageManager: 'apt' | 'dnf' | 'zypper' | 'none';
  /** systemd-resolved's stub would make coredns forward to itself. */
  readonly resolvConf: '/etc/resolv.conf' | '/run/systemd/resolve/resolv.conf';
  /** `undefined` where Docker does not answer on its socket. Versions as the daemon tells them. */
  readonly docker:
    | {
        readonly version: string;
        readonly apiVersion: string;
        readonly cgroupDriver: 'cgroupfs' | 'systemd';
        readonly storageDriver: string;
      }
    | undefined;
  /** `undefined` where there is no containerd binary. */
  readonly containerd: { readonly version: string } | undefined;
  readonly missingKernelModules: readonly string[];
  readonly [key: string]: Json | undefined;
};
