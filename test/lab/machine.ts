import { createConnection } from 'node:net';
import type Docker from 'dockerode';
import { unlessGone } from './clean-up.ts';
import { execIn, type ExecResult } from './container-exec.ts';
import {
  containerName,
  createContainer,
  volumeFolders,
  type MachineRecord,
  type MachineSurroundings,
} from './machine-container.ts';
import { createDisk, removeDisk } from './machine-disk.ts';
import { fingerprint, newKeyPair, type UserCa } from './ssh-keys.ts';
import { until } from './until.ts';

/** One machine of a lab: a container with systemd and sshd. */
export class LabMachine {
  readonly port = 22;
  readonly #surroundings: MachineSurroundings;
  readonly #remember: (record: MachineRecord) => Promise<void>;
  #record: MachineRecord;

  /** @param remember Writes a changed record where another process that attaches to the lab finds it. */
  constructor(
    surroundings: MachineSurroundings,
    record: MachineRecord,
    remember: (record: MachineRecord) => Promise<void>,
  ) {
    this.#surroundings = surroundings;
    this.#record = record;
    this.#remember = remember;
  }

  get name(): string {
    return this.#record.name;
  }

  get address(): string {
    return this.#record.address;
  }

  /** `ssh-ed25519 AAAA…`, as in a known_hosts line. */
  get hostKey(): string {
    return this.#record.hostKey.publicKey.split(' ').slice(0, 2).join(' ');
  }

  /** `SHA256:…`, as ssh-keygen prints it. */
  get hostKeyFingerprint(): string {
    return fingerprint(this.hostKey);
  }

  /**
   * Runs a program (argument list) or a bash script (string) as root, through Docker and so without the product or sshd.
   * A bad exit code is an answer, not an error: use `run` where it would be one.
   */
  exec(command: readonly string[] | string, input?: string): Promise<ExecResult> {
    return execIn(this.#container, typeof command === 'string' ? script(command) : command, input);
  }

  /** @returns its standard output. @throws when the command fails. */
  async run(command: readonly string[] | string, input?: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.exec(command, input);
    if (exitCode === 0) return stdout;
    const said = typeof command === 'string' ? command.trim() : command.join(' ');
    throw new Error(`${this.name}: ${said.slice(0, 300)} ended with ${exitCode}:\n${(stderr || stdout).slice(-2000)}`);
  }

  /** Makes the container and starts it. Ready when `untilReady` says so. */
  async create(): Promise<void> {
    const { lab } = this.#surroundings;
    const { diskGiB } = this.#record;
    const disk = diskGiB === undefined ? undefined : await createDisk(lab, this.name, diskGiB);
    const container = await createContainer(this.#surroundings, this.#record, disk);
    await container.start();
  }

  /** With its volumes and disk. No error when any of it is gone already. */
  async remove(): Promise<void> {
    const { docker, lab } = this.#surroundings;
    await this.#container.remove({ force: true, v: true }).catch(unlessGone);
    for (const folder of volumeFolders) {
      await docker
        .getVolume(`${containerName(lab, this.name)}-${folder}`)
        .remove({ force: true })
        .catch(unlessGone);
    }
    await removeDisk(lab, this.name);
  }

  /** Booted, as far as systemd goes, and sshd says who it is. */
  async untilReady(withinMs = 120_000): Promise<void> {
    const state = await until(`${this.name} has booted`, withinMs, async () => {
      const { State } = await this.#container.inspect();
      if (!State.Running) return 'ended';
      const { stdout } = await this.exec(['systemctl', 'is-system-running', '--wait']);
      return /^(running|degraded)/.exec(stdout)?.[0];
    });
    if (state === 'ended') {
      const logs = await this.#container.logs({ stdout: true, stderr: true, tail: 20 });
      throw new Error(`${this.name} ended while it booted:\n${logs.toString()}`);
    }
    await this.#untilSshAnswers(withinMs);
  }

  /** Powers on, and waits until it has booted. */
  async start(): Promise<void> {
    await this.#container.start();
    await this.untilReady();
  }

  /** Shuts down in order, as from a power button. */
  async stop(): Promise<void> {
    await this.#container.stop();
  }

  /** Pulls the plug. */
  async kill(): Promise<void> {
    await this.#container.kill();
  }

  /** Freezes every process: connections stay open, nothing answers. */
  async pause(): Promise<void> {
    await this.#container.pause();
  }

  async resume(): Promise<void> {
    await this.#container.unpause();
  }

  /** Drops what comes from that address to this port, on its way in: for the machine itself as for its pods. */
  async blockPort(fromAddress: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): Promise<void> {
    await this.run(['iptables', '-t', 'raw', '-I', 'PREROUTING', ...blockRule(fromAddress, port, protocol)]);
  }

  async unblockPort(fromAddress: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): Promise<void> {
    await this.run(['iptables', '-t', 'raw', '-D', 'PREROUTING', ...blockRule(fromAddress, port, protocol)]);
  }

  /** Leaves no free block where Docker, containerd, kubelet and etcd keep their data. Needs `diskGiB`. */
  async fillDisk(): Promise<void> {
    if (this.#record.diskGiB === undefined) {
      throw new Error(`${this.name} shares this computer's disk: give it diskGiB when the lab comes up.`);
    }
    // fallocate takes blocks without writing them; the last ones, too few for it, are written.
    await this.run(`
      free=$(df --output=avail --block-size=1 /var/lib/docker | tail -1)
      fallocate -l $((free - 4194304)) /var/lib/docker/.filled
      dd if=/dev/zero of=/var/lib/docker/.filled-to-the-brim bs=4096 2>/dev/null || true
      sync -f /var/lib/docker`);
  }

  async freeDisk(): Promise<void> {
    await this.run(['rm', '-f', '/var/lib/docker/.filled', '/var/lib/docker/.filled-to-the-brim']);
  }

  /**
   * What `date` answers, in ms from the truth; 0 restores it. Containers share the kernel's clock, so this is the clock
   * as somebody sees it who asks the machine over SSH; certificates and leases on the machine go by the true one.
   */
  async setClockSkew(skewMs: number): Promise<void> {
    const seconds = `${skewMs < 0 ? '' : '+'}${skewMs / 1000}`;
    await this.run(`
      kept=/usr/lib/slipway-lab/date
      test -e $kept || cp -p /usr/bin/date $kept
      cp -p $kept /usr/bin/date.new
      if [ ${skewMs} -ne 0 ]; then
        library=$(echo /usr/lib/*/faketime/libfaketime.so.1)
        printf '#!/bin/sh\nLD_PRELOAD=%s FAKETIME=%s exec %s "$@"\n' $library ${seconds} $kept > /usr/bin/date.new
      fi
      mv /usr/bin/date.new /usr/bin/date`);
  }

  /** The machine presents another host key from now on, as after a reinstallation. */
  async regenerateHostKey(): Promise<void> {
    const hostKey = newKeyPair(this.name);
    await this.run(['sh', '-c', 'cat > /etc/ssh/ssh_host_ed25519_key'], hostKey.privateKey);
    await this.run(['sh', '-c', 'cat > /etc/ssh/ssh_host_ed25519_key.pub'], `${hostKey.publicKey}\n`);
    await this.run(['systemctl', 'restart', 'ssh']);
    await this.#change({ ...this.#record, hostKey });
    await this.#untilSshAnswers(10_000);
  }

  /** Replaces the lines that go before the distribution's sshd_config; see `sshd-settings.ts`. */
  async configureSshd(lines: readonly string[]): Promise<void> {
    await this.run(['sh', '-c', 'cat > /etc/ssh/sshd_config.d/00-test.conf'], `${lines.join('\n')}\n`);
    await this.run(['systemctl', 'restart', 'ssh']);
    await this.#change({ ...this.#record, sshd: lines });
    await this.#untilSshAnswers(10_000);
  }

  /** Lets in whoever this authority signed, and nobody by a key or password of their own. */
  async trustUserCa(ca: UserCa): Promise<void> {
    const file = '/etc/ssh/user-ca.pub';
    await this.run(['sh', '-c', `cat > ${file}`], `${ca.publicKey}\n`);
    await this.configureSshd([`TrustedUserCAKeys ${file}`, 'AuthorizedKeysFile none', 'PasswordAuthentication no']);
  }

  /** A user who logs in with the lab's key or password. */
  async addUser(user: string, { groups = [], sudo = 'none' }: UserOptions = {}): Promise<void> {
    const { ssh } = this.#surroundings;
    const rule = sudo === 'no-password' ? 'NOPASSWD: ALL' : 'ALL';
    await this.run(`
      useradd --create-home --shell /bin/bash ${groups.length > 0 ? `--groups ${groups.join(',')}` : ''} ${user}
      install -d -m 700 -o ${user} -g ${user} /home/${user}/.ssh
      echo '${ssh.publicKey}' > /home/${user}/.ssh/authorized_keys
      chown ${user}: /home/${user}/.ssh/authorized_keys
      echo '${user}:${ssh.password}' | chpasswd
      ${sudo === 'none' ? '' : `echo '${user} ALL=(ALL:ALL) ${rule}' > /etc/sudoers.d/${user}`}`);
  }

  /**
   * `keepImages`: Docker stays installed with its images, all that a cluster left is removed; for benchmarks and quick
   * tests. Otherwise the machine is made anew: same name, address, host key and machine-id, nothing installed.
   */
  async reset({ keepImages }: { readonly keepImages: boolean }): Promise<void> {
    if (keepImages) {
      await this.run(['bash', '/usr/lib/slipway-lab/reset.sh']);
      return;
    }
    await this.remove();
    await this.create();
    await this.untilReady();
  }

  get #container(): Docker.Container {
    const { docker, lab } = this.#surroundings;
    return docker.getContainer(containerName(lab, this.name));
  }

  /** @throws with what the machine's journal says of sshd. */
  async #untilSshAnswers(withinMs: number): Promise<void> {
    try {
      await until(`sshd of ${this.name} answers`, withinMs, () => this.#readBanner());
    } catch (cause) {
      const { stdout } = await this.exec(['journalctl', '-b', '-u', 'ssh', '--no-pager', '-n', '20']);
      throw new Error(`sshd of ${this.name} does not answer:\n${stdout}`, { cause });
    }
  }

  async #change(record: MachineRecord): Promise<void> {
    this.#record = record;
    await this.#remember(record);
  }

  /** A connection alone proves nothing: on some build machines one to any address succeeds. */
  #readBanner(): Promise<true> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host: this.address, port: this.port, timeout: 1000 });
      socket.once('data', (banner) => {
        socket.destroy();
        if (banner.toString().startsWith('SSH-2.0')) resolve(true);
        else reject(new Error(`${this.address} says ${banner.toString()}`));
      });
      socket.once('error', reject);
      socket.once('timeout', () => socket.destroy(new Error(`${this.address} says nothing`)));
      socket.once('end', () => reject(new Error(`${this.address} hung up`)));
    });
  }
}

export interface UserOptions {
  readonly groups?: readonly string[];
  readonly sudo?: 'none' | 'password' | 'no-password';
}

function script(text: string): string[] {
  return ['bash', '-euo', 'pipefail', '-c', text];
}

function blockRule(fromAddress: string, port: number, protocol: string): string[] {
  return [
    '-s',
    fromAddress,
    '-p',
    protocol,
    '--dport',
    String(port),
    '-m',
    'comment',
    '--comment',
    'lab',
    '-j',
    'DROP',
  ];
}
