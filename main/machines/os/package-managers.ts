/** How a distribution family installs packages: data, so that a new family is a new row. */
export interface PackageManager {
  /** The command whose presence tells that the machine uses it. */
  readonly command: string;
  /** Shell test: is package "$1" installed? */
  readonly isInstalled: string;
  /** Brings the package lists up to date. */
  readonly refresh: string;
  /** Shell test: are all of "$@" known to the package lists as they are? */
  readonly areKnown: string;
  /** Installs "$@" without questions and without what is only recommended. */
  readonly install: string;
  /** Lock files that somebody else (cloud-init, unattended-upgrades) may hold. They are waited for. */
  readonly locks: readonly string[];
  /** Completes what an earlier, interrupted installation left. */
  readonly repair: string;
}

export const packageManagers = {
  apt: {
    command: 'apt-get',
    isInstalled: `[ "$(dpkg-query -W -f='\${db:Status-Status}' "$1" 2>/dev/null)" = installed ]`,
    refresh: 'apt-get -q update',
    areKnown: 'apt-get -qq --no-install-recommends --dry-run install "$@" >/dev/null 2>&1',
    // confold: a daemon.json or config.toml that is there already stays, as the port promises.
    install:
      'apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef ' +
      '-o Dpkg::Options::=--force-confold install "$@"',
    locks: ['/var/lib/apt/lists/lock', '/var/lib/dpkg/lock-frontend', '/var/lib/dpkg/lock'],
    repair: '[ -z "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ] || dpkg --configure -a',
  },
  dnf: {
    command: 'dnf',
    isInstalled: 'rpm -q --quiet --whatprovides "$1"',
    refresh: 'dnf -q -y makecache',
    areKnown: 'true', // dnf refreshes by itself what is too old
    install: 'dnf -y --setopt=install_weak_deps=False install "$@"',
    locks: [], // dnf waits for its own lock
    repair: 'true',
  },
  zypper: {
    command: 'zypper',
    isInstalled: 'rpm -q --quiet --whatprovides "$1"',
    refresh: 'zypper --non-interactive --quiet refresh',
    areKnown: 'true',
    install: 'ZYPP_LOCK_TIMEOUT=600 zypper --non-interactive install --no-recommends "$@"',
    locks: [],
    repair: 'true',
  },
} as const satisfies Record<string, PackageManager>;
