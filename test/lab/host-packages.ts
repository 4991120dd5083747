import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from './command.ts';
import type { Progress } from './progress.ts';

/** What the lab runs on this computer, and the Debian package each program comes from. */
const packageOf = {
  debootstrap: 'debootstrap',
  dockerd: 'docker.io',
  containerd: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  'docker-registry': 'docker-registry',
  htpasswd: 'apache2-utils',
  openssl: 'openssl',
  'ssh-keygen': 'openssh-client',
  'mkfs.ext4': 'e2fsprogs',
  losetup: 'mount',
  xorriso: 'xorriso',
  bsdtar: 'libarchive-tools',
  blkid: 'util-linux',
} as const;

export type Program = keyof typeof packageOf;

/** @throws naming every program that is missing and how to get it, when it cannot be installed from here. */
export async function ensurePrograms(programs: readonly Program[], progress: Progress): Promise<void> {
  const missing: Program[] = [];
  for (const program of programs) if (!(await onPath(program))) missing.push(program);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => packageOf[program]))];
  const command = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages];
  if (process.getuid?.() !== 0 || !(await onPath('apt-get'))) {
    throw new Error(`The lab needs ${missing.join(', ')}. On Debian: sudo ${command.join(' ')}`);
  }
  await progress.step(`install ${packages.join(', ')} on this computer`, async (detail) => {
    // A package that starts its daemon would give this computer a Docker that nobody asked for.
    const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    await run(['apt-get', 'update'], { env, onLine: detail });
    await run(command, { env, onLine: detail });
  });
}

export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new Error('The lab runs containers that are whole machines, with their own Docker: start it as root.');
}

/** Also where `sbin` is not on the user's PATH: as on Debian for everyone but root. */
async function onPath(program: string): Promise<boolean> {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const place of places) {
    try {
      await access(join(place, program), constants.X_OK);
      return true;
    } catch {
      // not in this one
    }
  }
  return false;
}
