import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import tar from 'tar-stream';
import { home } from './folders.ts';
import { labels } from './labels.ts';
import type { Network } from './network.ts';
import type { KeyPair } from './ssh-keys.ts';

/** All that makes one machine what it is: enough to make it again, equal, from nothing. */
export interface MachineRecord {
  readonly name: string;
  readonly address: string;
  readonly machineId: string;
  readonly hostKey: KeyPair;
  /** sshd_config lines that go before the distribution's own. */
  readonly sshd: readonly string[];
  /** The folders below are on a disk of this size; without, they share this computer's. */
  readonly diskGiB: number | undefined;
}

export interface MachineSurroundings {
  readonly docker: Docker;
  readonly lab: string;
  readonly image: string;
  readonly network: Network;
  readonly ssh: { readonly publicKey: string; readonly password: string };
}

/** Outside the container's own file system, because overlayfs cannot lie on overlayfs. */
export const volumeFolders = ['docker', 'containerd', 'kubelet', 'etcd'] as const;

export function containerName(lab: string, machine: string): string {
  return `slipway-lab-${lab}-${machine}`;
}

/** @param disk Where the machine's own disk is mounted on this computer, if it has one. */
export async function createContainer(
  { docker, lab, image, network, ssh }: MachineSurroundings,
  machine: MachineRecord,
  disk: string | undefined,
): Promise<Docker.Container> {
  const name = containerName(lab, machine.name);
  const container = await docker.createContainer({
    name,
    ...machineRecipe({ lab, image, network, container: name, machine: machine.name, address: machine.address, disk }),
  });
  await container.putArchive(await identity(machine, ssh), { path: '/' });
  return container;
}

interface Recipe {
  readonly lab: string;
  readonly image: string;
  readonly network: Network;
  readonly container: string;
  readonly machine: string;
  readonly address: string;
  readonly disk?: string | undefined;
}

/** How Docker makes a machine of an image. The lab's vCenter does it by the same recipe. */
export function machineRecipe(recipe: Recipe): Docker.ContainerCreateOptions {
  const { lab, image, network, container, machine, address, disk } = recipe;
  const ours = { [labels.lab]: lab, [labels.home]: home, [labels.machine]: machine };
  // The type of CgroupnsMode is missing in @types/dockerode 4.0.2.
  const hostConfig: Docker.HostConfig & { readonly CgroupnsMode: 'private' } = {
    Privileged: true,
    CgroupnsMode: 'private',
    // As systemd mounts them on a real machine.
    Tmpfs: { '/run': 'rw,nosuid,nodev,mode=755', '/tmp': 'rw,exec,nosuid,nodev,mode=1777' },
    Mounts: volumeFolders.map((folder) => ({
      Target: `/var/lib/${folder}`,
      ...(disk === undefined
        ? { Type: 'volume', Source: `${container}-${folder}`, VolumeOptions: volumeOptions(ours) }
        : { Type: 'bind', Source: `${disk}/${folder}` }),
    })),
  };
  return {
    Image: image,
    Hostname: machine,
    Labels: { ...ours, [labels.address]: address },
    // How systemd is told to power off; Docker's usual SIGTERM means something else to it.
    StopSignal: 'SIGRTMIN+3',
    StopTimeout: 20,
    HostConfig: hostConfig,
    NetworkingConfig: {
      EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: address } } },
    },
  };
}

function volumeOptions(ours: Record<string, string>): Docker.MountSettings['VolumeOptions'] {
  return { NoCopy: true, Labels: ours, DriverConfig: { Name: 'local', Options: {} } };
}

/** The files that differ between machines, as a tar archive. */
async function identity(machine: MachineRecord, ssh: MachineSurroundings['ssh']): Promise<Buffer> {
  const pack = tar.pack();
  const add = (name: string, mode: number, content: string, uid = 0): void => {
    pack.entry({ name, mode, uid, gid: uid }, content);
  };
  add('etc/machine-id', 0o444, `${machine.machineId}\n`);
  add('etc/ssh/ssh_host_ed25519_key', 0o600, machine.hostKey.privateKey);
  add('etc/ssh/ssh_host_ed25519_key.pub', 0o644, `${machine.hostKey.publicKey}\n`);
  add('etc/ssh/sshd_config.d/00-test.conf', 0o644, machine.sshd.map((line) => `${line}\n`).join(''));
  for (const [folder, uid] of [
    ['root', 0],
    ['home/ops', 1000],
  ] as const) {
    pack.entry({ name: `${folder}/.ssh`, type: 'directory', mode: 0o700, uid, gid: uid });
    add(`${folder}/.ssh/authorized_keys`, 0o600, `${ssh.publicKey}\n`, uid);
  }
  add('etc/slipway-lab/passwords', 0o600, `root:${ssh.password}\nops:${ssh.password}\n`);
  add('etc/slipway-lab/resolv.conf', 0o644, await resolvers());
  pack.finalize();
  return buffer(pack);
}

/**
 * This computer's own name servers. Docker's resolver on 127.0.0.11 would not do: it answers in the machine's network
 * namespace only, and coredns takes the machine's name servers for the pods'.
 */
export async function resolvers(): Promise<string> {
  for (const file of ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']) {
    const text = await readFile(file, 'utf8').catch(() => ''); // the second exists only with systemd-resolved
    const servers = text.split('\n').filter((line) => /^nameserver\s+(?!127\.|::1)/.test(line));
    if (servers.length > 0) return `${servers.join('\n')}\n`;
  }
  return '';
}
