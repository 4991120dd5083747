// What a bare Debian lacks for the whole test suite. Runs on the system's own Node, before anything is installed:
// no imports from node_modules, no TypeScript.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @typedef {object} Requirement
 * @property {string} name as the person knows it
 * @property {string | undefined} apt the Debian package; undefined where Debian's is too old to help
 * @property {string} why
 * @property {() => boolean} present
 */

const goAtLeast = [1, 26];

/** For `npm ci`: keytar is compiled here, its prebuilt file comes from a host that many networks do not reach. */
/** @type {readonly Requirement[]} */
export const npmRequirements = [
  command('python3', 'python3', 'node-gyp, which compiles keytar'),
  command('make', 'make', 'compiling keytar'),
  command('g++', 'g++', 'compiling keytar'),
  command('pkg-config', 'pkg-config', 'compiling keytar'),
  {
    name: 'libsecret-1-dev',
    apt: 'libsecret-1-dev',
    why: 'compiling keytar, which talks to the desktop keychain',
    present: () => spawnSync('pkg-config', ['--exists', 'libsecret-1']).status === 0,
  },
];

/** For the lab and the suites on real daemons. */
/** @type {readonly Requirement[]} */
export const labRequirements = [
  {
    name: `go ${goAtLeast.join('.')} or newer (https://go.dev/dl)`,
    apt: undefined,
    why: 'building Kubernetes and the lab programs from Go modules',
    present: () => goIsNewEnough(),
  },
  command('dockerd', 'docker.io', 'the lab machines'),
  command('docker', debianMajor() >= 13 ? 'docker-cli' : 'docker.io', 'the lab machines'),
  command('iptables', 'iptables', 'the lab network'),
  command('ip', 'iproute2', 'the lab network'),
  command('debootstrap', 'debootstrap', 'the image of the lab machines'),
  command('xz', 'xz-utils', 'the image of the lab machines'),
  command('docker-registry', 'docker-registry', 'the lab registries'),
  command('htpasswd', 'apache2-utils', 'the lab registry with a password'),
  command('openssl', 'openssl', 'checking certificates with a second opinion'),
  command('ssh-keygen', 'openssh-client', 'SSH keys and certificates in tests'),
  command('git', 'git', 'the lab'),
  command('curl', 'curl', 'the lab'),
  command('sshd', 'openssh-server', 'the SSH suite, on ports of its own'),
  command('mkfs.ext4', 'e2fsprogs', 'disks of lab machines'),
  command('losetup', 'mount', 'disks of lab machines'),
  command('chromium', 'chromium', 'the browser tests'),
  command('dbus-run-session', 'dbus', 'the keychain suite'),
  command('dbus-send', 'dbus', 'the keychain suite'),
  command('secret-tool', 'libsecret-tools', 'the keychain suite'),
  command('gnome-keyring-daemon', 'gnome-keyring', 'the keychain suite'),
];

/**
 * @param {readonly Requirement[]} requirements
 * @returns {readonly Requirement[]} those that are missing
 */
export function missingOf(requirements) {
  return requirements.filter((requirement) => !requirement.present());
}

/** Whether apt may be used: a Debian or Ubuntu, and root. */
export function canInstall() {
  return isDebian() && process.getuid?.() === 0 && findCommand('apt-get') !== undefined;
}

export function systemName() {
  return osRelease().PRETTY_NAME ?? process.platform;
}

function command(program, apt, why) {
  return { name: program, apt, why, present: () => findCommand(program) !== undefined };
}

/** @param {string} program */
function findCommand(program) {
  // Daemons live in /usr/sbin, which is not on everybody's PATH.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there or not ours to run: the same for us
  }
}

function goIsNewEnough() {
  const found = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(found.stdout ?? '') ?? [];
  if (major === undefined) return false;
  return Number(major) > goAtLeast[0] || (Number(major) === goAtLeast[0] && Number(minor) >= goAtLeast[1]);
}

function isDebian() {
  const { ID = '', ID_LIKE = '' } = osRelease();
  return [ID, ...ID_LIKE.split(' ')].includes('debian');
}

function debianMajor() {
  return osRelease().ID === 'debian' ? Number.parseInt(osRelease().VERSION_ID ?? '99', 10) : 13;
}

/** @returns {Record<string, string>} */
function osRelease() {
  if (!existsSync('/etc/os-release')) return {};
  const lines = readFileSync('/etc/os-release', 'utf8').split('\n');
  const pairs = lines.map((line) => /^(\w+)="?(.*?)"?$/.exec(line)).filter((match) => match !== null);
  return Object.fromEntries(pairs.map(([, key, value]) => [key, value]));
}
