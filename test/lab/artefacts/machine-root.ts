import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.ts';
import { labFolder } from '../folders.ts';
import { defineArtefact, folderOf } from './artefact.ts';
import { debian, unpackDebian } from './debian.ts';
import { goProgram } from './go-program.ts';

export const ociWrapper = goProgram({ module: 'oci-wrapper' });

/** What the product installs with apt. Only the files are there, so installing them takes no download. */
const downloads = ['docker.io', 'docker-cli', 'containerd'];

/** Would only take the apt lock, or wait for hardware that a container does not have. */
const masked = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'e2scrub_all.timer', 'fstrim.timer'],
  ...['getty.target', 'console-getty.service', 'systemd-random-seed.service'],
];

const files = join(labFolder, 'machine-files');
const copied = {
  'boot.sh': 'usr/lib/slipway-lab/boot.sh',
  'reset.sh': 'usr/lib/slipway-lab/reset.sh',
  'slipway-lab-boot.service': 'usr/lib/systemd/system/slipway-lab-boot.service',
  'sshd-lab.conf': 'etc/ssh/sshd_config.d/50-lab.conf',
  'sudoers-ops': 'etc/sudoers.d/ops',
} as const;

const setUp = `
set -eu
apt-get install --download-only --yes --no-install-recommends ${downloads.join(' ')} >&2
useradd --create-home --shell /bin/bash ops
systemctl enable slipway-lab-boot.service ssh.service
systemctl mask ${masked.join(' ')}
rm -f /etc/ssh/ssh_host_* /etc/resolv.conf /etc/hostname /var/lib/dbus/machine-id
rm -rf /var/lib/apt/lists/*
: > /etc/machine-id
: > /etc/resolv.conf
`;

const fingerprints = Object.keys(copied).map((file) => [
  file,
  createHash('sha256')
    .update(readFileSync(join(files, file)))
    .digest('hex'),
]);

/** The root file system every machine starts from, as `root.tar`. */
export const machineRoot = defineArtefact(
  'machine-root',
  { copied, fingerprints, setUp },
  [debian, ociWrapper],
  async (folder, detail) => {
    const root = join(folder, 'root');
    await unpackDebian(root);
    await mkdir(join(root, 'usr/lib/slipway-lab'));
    for (const [from, to] of Object.entries(copied)) await copyFile(join(files, from), join(root, to));
    await chmod(join(root, copied['sudoers-ops']), 0o440);
    await cp(join(folderOf(ociWrapper), 'oci-wrapper'), join(root, 'usr/lib/slipway-lab/oci-wrapper'));
    await run(['chroot', root, 'sh', '-c', setUp], { onLine: detail });
    detail('packing');
    await run(['tar', '--numeric-owner', '-C', root, '-cf', join(folder, 'root.tar'), '.']);
    await rm(root, { recursive: true });
  },
);
