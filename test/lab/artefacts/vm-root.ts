import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.ts';
import { labFolder } from '../folders.ts';
import { defineArtefact, folderOf } from './artefact.ts';
import { machineRoot } from './machine-root.ts';

const configuration = join(labFolder, 'machine-files', 'cloud-lab.cfg');

/** Waits for a network that Docker has made before anything starts, or reports to a console that nobody has. */
const masked = ['cloud-init-hotplugd.socket', 'ifupdown-pre.service', 'networking.service'];

const setUp = `
set -eu
apt-get update >&2
apt-get install --yes --no-install-recommends cloud-init >&2
systemctl mask ${masked.join(' ')}
userdel --remove ops
rm -f /etc/sudoers.d/ops /etc/ssh/sshd_config.d/*.conf /etc/ssh/ssh_host_* /var/cache/apt/archives/cloud-init*.deb
printf 'PermitRootLogin no\\nPasswordAuthentication no\\n' > /etc/ssh/sshd_config.d/90-vm.conf
passwd --lock root
cloud-init clean --logs
rm -rf /var/lib/apt/lists/* /etc/hostname
: > /etc/machine-id
: > /etc/resolv.conf
`;

/**
 * The root file system of a template for VMs, as `root.tar`: the machine's, with cloud-init and without host keys, users
 * or a host name. As a debootstrap include cloud-init fails to configure, so apt installs it here.
 */
export const vmRoot = defineArtefact(
  'vm-root',
  { setUp, configuration: createHash('sha256').update(readFileSync(configuration)).digest('hex') },
  [machineRoot],
  async (folder, detail) => {
    const root = join(folder, 'root');
    await mkdir(root);
    await run(['tar', '--numeric-owner', '-C', root, '-xpf', join(folderOf(machineRoot), 'root.tar')]);
    await copyFile('/etc/resolv.conf', join(root, 'etc/resolv.conf'));
    await run(['chroot', root, 'sh', '-c', setUp], { env: { DEBIAN_FRONTEND: 'noninteractive' }, onLine: detail });
    await copyFile(configuration, join(root, 'etc/cloud/cloud.cfg.d/99-lab.cfg'));
    detail('packing');
    await run(['tar', '--numeric-owner', '-C', root, '-cf', join(folder, 'root.tar'), '.']);
    await rm(root, { recursive: true });
  },
);
