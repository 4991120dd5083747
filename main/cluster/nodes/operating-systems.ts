import type { MachineFacts } from '../machine-facts.ts';

/** One supported distribution and how Docker comes onto it. */
export interface OperatingSystem {
  /** `ID` of /etc/os-release. */
  readonly id: string;
  readonly label: string;
  /** `VERSION_ID`, inclusive. */
  readonly from: string;
  readonly to: string;
  readonly packageManager: 'apt' | 'dnf';
  /** From the distribution itself. `unfit`: it has none, or too old ones, for this reason. */
  readonly docker: { readonly packages: readonly string[] } | { readonly unfit: string };
}

// iptables and conntrack: CNI's portmap runs them on the machine itself, not in our containers. kmod: modprobe.
const debian = ['docker.io', 'containerd', 'iptables', 'conntrack', 'kmod', 'ca-certificates'];
const fedora = ['moby-engine', 'containerd', 'iptables-nft', 'conntrack-tools', 'kmod', 'ca-certificates'];
const noDockerInRhel = 'its repositories have podman but no Docker';

/**
 * The first row that matches counts. Versions of Debian's packages: trixie 26.1.5 / containerd 1.7.24 (lab-facts.md);
 * bookworm 20.10.24 / 1.6.20; bullseye's containerd 1.4 speaks only the CRI v1alpha2 that Kubernetes 1.26 removed.
 */
export const operatingSystems: readonly OperatingSystem[] = [
  {
    id: 'debian',
    label: 'Debian 11',
    from: '11',
    to: '11',
    packageManager: 'apt',
    docker: { unfit: 'its containerd is 1.4, and 1.6 is the oldest that works' },
  },
  // From trixie on the docker command is a package of its own: we do not call it, but who looks after the machine does.
  {
    id: 'debian',
    label: 'Debian 12',
    from: '12',
    to: '12',
    packageManager: 'apt',
    docker: { packages: debian },
  },
  {
    id: 'debian',
    label: 'Debian 13',
    from: '13',
    to: '13',
    packageManager: 'apt',
    docker: { packages: [...debian, 'docker-cli'] },
  },
  {
    id: 'ubuntu',
    label: 'Ubuntu 20.04 to 26.04',
    from: '20.04',
    to: '26.04',
    packageManager: 'apt',
    docker: { packages: debian },
  },
  {
    id: 'fedora',
    label: 'Fedora 42 to 45',
    from: '42',
    to: '45',
    packageManager: 'dnf',
    docker: { packages: fedora },
  },
  ...['rhel', 'rocky', 'almalinux', 'centos', 'ol'].map((id): OperatingSystem => ({
    id,
    label: `${id} 8 to 10`,
    from: '8',
    to: '10.99',
    packageManager: 'dnf',
    docker: { unfit: noDockerInRhel },
  })),
];

export function operatingSystemOf(os: MachineFacts['os']): OperatingSystem | undefined {
  return operatingSystems.find(
    ({ id, from, to }) =>
      id === os.id && compareVersions(os.version, from) >= 0 && compareVersions(os.version, to) <= 0,
  );
}

/** Compares numbers part by part; what is not a number (`26.1.5+dfsg1`, `v2.1.0`, `~rc1`) ends its part. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): readonly number[] {
  const match = /^v?(\d+(?:\.\d+)*)/.exec(version);
  return match?.[1] === undefined ? [-1] : match[1].split('.').map(Number);
}
