import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { removeLab, removeOrphans } from './clean-up.ts';
import { ensureDaemon, findDaemon } from './daemon.ts';
import { ensurePrograms, requireRoot } from './host-packages.ts';
import { images, inRegistry, type ImageName } from './images.ts';
import { raiseKernelLimits } from './kernel-limits.ts';
import { keyPathOf, readState, readStates, writeState, type LabState } from './lab-state.ts';
import { shared } from './labels.ts';
import { lock, sharedLock } from './lock.ts';
import { resolvers, type MachineRecord } from './machine-container.ts';
import { ensureMachineImage, ensureVmImage } from './machine-image.ts';
import { LabMachine } from './machine.ts';
import { ensureNetwork, findNetwork, freeAddresses, freeRange, type Network, type StaticRange } from './network.ts';
import { ownerOf } from './owner.ts';
import { silent, type Progress } from './progress.ts';
import { ensureRegistries, type Registries } from './registry.ts';
import {
  specFragment,
  vsphereFragment,
  type MachineSpec,
  type SpecFragment,
  type VsphereFragment,
} from './spec-fragment.ts';
import { newKeyPair, newPassword } from './ssh-keys.ts';
import { findGuest, type LabGuest } from './vcenter/guest.ts';
import { startVcenter } from './vcenter/machines.ts';
import type { VcenterSize } from './vcenter/size.ts';
import { LabVcenter } from './vcenter/vcenter.ts';

export interface MachineOptions {
  readonly name: string;
  /** Inside the lab's network; the next free one when left out. */
  readonly address?: string;
  /** Equal ones on two machines are a fault worth testing: clones of one virtual machine often have them. */
  readonly machineId?: string;
  /** Lines that go before the distribution's sshd_config; see `sshd-settings.ts`. */
  readonly sshd?: readonly string[];
  /** A disk of its own below Docker's, containerd's, kubelet's and etcd's data. Needed for `fillDisk`. */
  readonly diskGiB?: number;
}

export interface LabOptions {
  readonly machines: readonly (string | MachineOptions)[];
  /** Labs of different names exist side by side. */
  readonly name?: string;
  readonly progress?: Progress;
  /** It stays when this process ends. */
  readonly detached?: boolean;
  /** A vCenter of this size; clones of its template (`machineTemplate`) are machines on the lab's network. */
  readonly vcenter?: VcenterSize;
}

export interface LabSsh {
  readonly user: 'root';
  /** The private key, in OpenSSH format, and as a file. */
  readonly privateKey: string;
  readonly keyPath: string;
  readonly publicKey: string;
  /** Of `root` and of `ops`, who may use sudo without a password. */
  readonly password: string;
}

/**
 * Machines that a cluster can be built on.
 *
 * ```ts
 * await using lab = await Lab.up({ machines: ['node-1', 'node-2'] });
 * await lab.machine('node-1').run('hostname');
 * ```
 */
export class Lab implements AsyncDisposable {
  readonly machines: Readonly<Record<string, LabMachine>>;
  readonly #docker: Docker;
  readonly #network: Network;
  #state: LabState;

  private constructor(docker: Docker, network: Network, state: LabState) {
    this.#docker = docker;
    this.#network = network;
    this.#state = state;
    const surroundings = {
      docker,
      lab: state.name,
      image: state.image,
      network,
      ssh: { publicKey: state.ssh.keyPair.publicKey, password: state.ssh.password },
    };
    this.machines = Object.fromEntries(
      state.machines.map((record) => [
        record.name,
        new LabMachine(surroundings, record, (changed) => this.#remember(changed)),
      ]),
    );
  }

  /**
   * Builds what is missing, removes labs whose process has died, and boots the machines.
   * @throws when a lab of this name is up; nothing is left behind when anything fails.
   */
  static async up({ machines, name = 'test', progress = silent, detached = false, vcenter }: LabOptions): Promise<Lab> {
    requireRoot();
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name) || name === shared) throw new Error(`A lab cannot be called ${name}.`);
    await ensurePrograms(vcenter ? [...programs, 'bsdtar'] : programs, progress);
    await raiseKernelLimits(progress);
    const lab = await Lab.#create(name, machines, progress);
    return progress.step(`boot ${[...machines.map(nameOf), ...(vcenter ? ['vCenter'] : [])].join(', ')}`, async () => {
      try {
        if (vcenter) await lab.#startVcenter(vcenter, progress);
        await Promise.all(Object.values(lab.machines).map((machine) => machine.untilReady()));
        if (detached) await lab.#change({ ...lab.#state, owner: undefined });
      } catch (error) {
        await lab.down();
        throw error;
      }
      return lab;
    });
  }

  /** A lab that is up, started by whatever process. Disposing of this one does not take it down. */
  static async attach(name: string): Promise<Lab> {
    const state = await readState(name);
    const docker = await findDaemon();
    const network = docker && (await findNetwork(docker));
    if (!state || !docker || !network) throw new Error(`No lab called ${name} is up.`);
    return new Lab(docker, network, state);
  }

  get name(): string {
    return this.#state.name;
  }

  get ssh(): LabSsh {
    const { keyPair, password } = this.#state.ssh;
    return { user: 'root', ...keyPair, keyPath: keyPathOf(this.name), password };
  }

  get registries(): Registries {
    return this.#state.registries;
  }

  /** The name by which machines pull one of the lab's images from the plain registry. */
  image(name: ImageName): string {
    const { repository, tag } = inRegistry(images[name]);
    return `${this.registries.plain.address}/${repository}:${tag}`;
  }

  /** What every cluster spec in this lab needs: the key, a registry for all images, and what its kernel does not allow. */
  specFragment({ registry = 'plain' }: { readonly registry?: keyof Registries } = {}): SpecFragment {
    return specFragment(this.ssh, this.registries, registry);
  }

  /** What a cluster spec of VMs in the lab's vCenter needs besides pools: put it under `spec`. */
  vsphereFragment(credential: string, addresses?: StaticRange): VsphereFragment {
    return vsphereFragment(this.specFragment(), credential, addresses);
  }

  machineSpec(name: string, roles: MachineSpec['roles']): MachineSpec {
    const { address, hostKey } = this.machine(name);
    return { name, address, hostKey, roles };
  }

  /** @throws when the lab has no such machine. */
  machine(name: string): LabMachine {
    const machine = this.machines[name];
    if (!machine) throw new Error(`Lab ${this.name} has no machine ${name}.`);
    return machine;
  }

  /** @throws when the lab came up without one. */
  get vcenter(): LabVcenter {
    if (!this.#state.vcenter) throw new Error(`Lab ${this.name} has no vCenter: bring it up with vcenter: {}.`);
    return new LabVcenter(this.#state.vcenter);
  }

  /** The container that a VM of the lab's vCenter is. @throws when it is none, or was never switched on. */
  async guest(vm: string): Promise<LabGuest> {
    return findGuest(this.#docker, this.name, this.#network, vm);
  }

  /** The network that VMs are on, and as many free addresses in a row, kept for this lab until it goes down. */
  async staticAddresses(count: number): Promise<StaticRange> {
    await using _held = await lock(sharedLock);
    const range = await freeRange(this.#docker, this.#network, count, await promisedAddresses());
    await this.#change({ ...this.#state, reserved: [...(this.#state.reserved ?? []), ...range] });
    return {
      ranges: [`${range[0] ?? ''}-${range.at(-1) ?? ''}`],
      prefix: Number(this.#network.subnet.split('/')[1]),
      gateway: this.#network.gateway,
      nameservers: (await resolvers()).split('\n').flatMap((line) => line.split(' ')[1] ?? []),
    };
  }

  /** Removes the machines, the vCenter and all that is theirs; Docker, the network and the registries stay for the next lab. */
  async down(): Promise<void> {
    await removeLab(this.#docker, this.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state.owner?.pid === process.pid) await this.down();
  }

  async #startVcenter(size: VcenterSize, progress: Progress): Promise<void> {
    const image = await ensureVmImage(this.#docker, progress);
    const surroundings = { docker: this.#docker, lab: this.name, image, network: this.#network };
    await this.#change({ ...this.#state, vcenter: await startVcenter(surroundings, size, progress) });
  }

  async #remember(record: MachineRecord): Promise<void> {
    const machines = this.#state.machines.map((known) => (known.name === record.name ? record : known));
    await this.#change({ ...this.#state, machines });
  }

  async #change(state: LabState): Promise<void> {
    this.#state = state;
    await writeState(state);
  }

  /**
   * Up to machines that have been switched on. One process at a time: addresses are free until the containers that have
   * them exist, and what labs share must not be stopped while it is being prepared.
   */
  static async #create(name: string, machines: LabOptions['machines'], progress: Progress): Promise<Lab> {
    await using _held = await lock(sharedLock, (pid) => progress.note(`process ${pid} is preparing a lab`));
    const docker = await ensureDaemon(progress);
    const image = await ensureMachineImage(docker, progress);
    const network = await ensureNetwork(docker);
    const registries = await ensureRegistries(network, progress);
    await removeOrphans(docker, name, progress);

    const existing = await readState(name);
    if (existing) {
      const by = existing.owner ? `by process ${existing.owner.pid}` : 'and was left running on purpose';
      throw new Error(`Lab ${name} is up ${by}: take it down first, attach to it, or use another name.`);
    }
    const options = machines.map((machine) => (typeof machine === 'string' ? { name: machine } : machine));
    const chosen = [...options.flatMap(({ address }) => address ?? []), ...(await promisedAddresses())];
    const addresses = await freeAddresses(docker, network, options.length, chosen);
    const lab = new Lab(docker, network, {
      name,
      image,
      owner: ownerOf(process.pid),
      startedAt: new Date().toISOString(),
      ssh: { keyPair: newKeyPair(`slipway-lab-${name}`), password: newPassword() },
      registries,
      machines: options.map((machine, index) => recordOf(machine, addresses[index] ?? '')),
    });
    await writeState(lab.#state);
    try {
      await Promise.all(Object.values(lab.machines).map((machine) => machine.create()));
    } catch (error) {
      await lab.down();
      throw error;
    }
    return lab;
  }
}

const programs = [
  ...['debootstrap', 'dockerd', 'containerd', 'runc', 'iptables', 'docker-registry', 'htpasswd', 'openssl'],
  ...['ssh-keygen', 'mkfs.ext4', 'losetup'],
] as const;

/** Of all labs that are up. */
async function promisedAddresses(): Promise<readonly string[]> {
  return (await readStates()).flatMap(({ reserved }) => reserved ?? []);
}

function nameOf(machine: string | MachineOptions): string {
  return typeof machine === 'string' ? machine : machine.name;
}

function recordOf(options: MachineOptions, freeAddress: string): MachineRecord {
  return {
    name: options.name,
    address: options.address ?? freeAddress,
    machineId: options.machineId ?? randomBytes(16).toString('hex'),
    hostKey: newKeyPair(options.name),
    sshd: options.sshd ?? [],
    diskGiB: options.diskGiB,
  };
}
