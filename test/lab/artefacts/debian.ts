import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAptSources, sourcesFor } from '../apt-sources.ts';
import { run } from '../command.ts';
import { defineArtefact, folderOf } from './artefact.ts';

/** The newest Debian whose systemd (257) still boots where the build machine has cgroup v1: 258 dropped it. */
export const suite = 'trixie';

/** A machine as its distribution's installer leaves it: systemd, sshd, sudo; nothing of Docker. */
const packages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'udev', 'kmod', 'procps', 'openssh-server', 'sudo'],
  ...['iproute2', 'iptables', 'iputils-ping', 'conntrack', 'socat', 'netbase', 'ca-certificates', 'curl', 'ethtool'],
  'libfaketime', // lets a test give a machine a wrong clock
];

/** A Debian root file system with its package lists, as `root.tar`. */
export const debian = defineArtefact('debian', { suite, packages }, [], async (folder, detail) => {
  const root = join(folder, 'root');
  const sources = await readAptSources();
  await run(['debootstrap', '--variant=minbase', `--include=${packages.join(',')}`, suite, root, sources.main], {
    onLine: (line) => line.startsWith('I: ') && detail(line.slice(3)),
  });
  await rm(join(root, 'etc/apt/sources.list'), { force: true });
  await writeFile(join(root, 'etc/apt/sources.list.d/debian.sources'), sourcesFor(suite, sources));
  await writeFile(join(root, 'etc/apt/apt.conf.d/90lab'), sources.configuration);
  await rm(join(root, 'var/cache/apt/archives'), { recursive: true });
  await mkdir(join(root, 'var/cache/apt/archives/partial'), { recursive: true });
  await run(['chroot', root, 'apt-get', 'update'], { onLine: detail });
  detail('packing');
  await run(['tar', '--numeric-owner', '-C', root, '-cf', join(folder, 'root.tar'), '.']);
  await rm(root, { recursive: true });
});

/** Unpacks it, for one artefact to work in. The caller deletes it. */
export async function unpackDebian(root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  await run(['tar', '--numeric-owner', '-C', root, '-xpf', join(folderOf(debian), 'root.tar')]);
}
