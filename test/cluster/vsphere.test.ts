import { beforeAll, describe, expect, it } from 'vitest';
import type { ClusterSpecInput } from '#shared/spec/cluster.ts';
import { Lab } from '#test/lab/lab.ts';
import type { StaticRange } from '#test/lab/network.ts';
import type { Snapshot } from '#test/lab/vcenter/control.ts';
import { machineTemplate } from '#test/lab/vcenter/vcenter.ts';
import { ask, echoPod, echoService, startEcho } from './support/echo.ts';
import { openInventory, type Inventory } from './support/inventory.ts';
import { Kubectl } from './support/kubectl.ts';
import { changesOf, eventsOf, metricsOf, Person, told, type Command, type Ended } from './support/person.ts';
import { seeded, seedOfThisRun } from './support/random.ts';
import { findSecrets, onThisComputer } from './support/secret-search.ts';
import { addCredential, filesThatCame, vmsIn } from './support/vcenter.ts';

const name = 'home';
const credential = 'lab';
const folder = `/DC0/vm/slipway/${name}`;
const [control, ...workers] = [`${name}-control-1`, `${name}-work-1`, `${name}-work-2`] as const;
const machines = [control, ...workers];
const extraDiskGiB = 5;

let lab: Lab;
let person: Person;
let kubectl: Kubectl;
let inventory: Inventory;
let range: StaticRange;
let specFile: string;
/** All that vCenter had before, and with the cluster. */
let before: Snapshot;
let after: Snapshot;
const sessions: Ended[] = [];
const laterPhases = ['install-docker', 'pull-images', 'control-plane', 'network-plugin'];

const seed = seedOfThisRun();
const random = seeded(seed);

// What every test below speaks of: a cluster made from a vCenter and nothing else, by a process that was killed twice.
beforeAll(async () => {
  console.info(`seed ${seed} (SLIPWAY_SEED to have it again)`);
  await using stack = new AsyncDisposableStack();
  lab = await Lab.up({ name: 'vsphere-cluster', machines: [], vcenter: {} });
  stack.defer(() => lab.down());
  person = stack.use(await Person.arrive());
  range = await lab.staticAddresses(1);
  await addCredential(person, lab, credential);
  specFile = await person.writeSpec(name, spec());
  before = await lab.vcenter.snapshot();

  await killed(person.start('up', '-f', specFile, '--yes', '--json'), 'create-machine', random(45));
  await killed(person.start('resume', name, '--json'), laterPhases[random(laterPhases.length)] ?? '', random(15));
  sessions.push(await person.slipway('resume', name, '--json'));
  after = await lab.vcenter.snapshot();
  if (last().exitCode === 0) {
    kubectl = stack.use(await Kubectl.with(await person.exportKubeconfig(name)));
    inventory = await openInventory(person, name);
    stack.defer(() => inventory.close());
  }
  const kept = stack.move();
  return () => kept.disposeAsync();
});

/** One machine with its address from a range, a linked clone; two by DHCP, which ask no CD-ROM for their cloud-init. */
function spec(): ClusterSpecInput['spec'] {
  const { templates, ...fragment } = lab.vsphereFragment(credential, range);
  const [small] = templates;
  if (!small) throw new Error('The lab gives no template.');
  const common = { ...small, folder, customAttributes: { owner: 'platform' } };
  const networks = small.networks.map(({ network }) => ({ network }));
  return {
    ...fragment,
    templates: [
      { ...common, name: 'fixed', clone: 'linked', disks: [{ sizeGiB: extraDiskGiB }] },
      { ...common, name: 'floating', networks, bootMedia: 'guestinfo', diskGiB: machineTemplate.diskGiB + 5 },
    ],
    pools: [
      { name: 'control', template: 'fixed', count: 1, roles: ['etcd', 'controlplane', 'worker'] },
      { name: 'work', template: 'floating', count: 2, roles: ['worker'], antiAffinity: 'should' },
    ],
  };
}

/** SIGKILL so many lines after that phase has begun to change something. */
async function killed(command: Command, phase: string, lines: number): Promise<void> {
  let more = lines;
  let begun = false;
  await command.untilLine(`${lines} lines after ${phase}`, (line) => {
    begun ||= line.type === 'event' && line.event.type === 'step.applying' && line.event.step.startsWith(`${phase}/`);
    return begun && more-- <= 0;
  });
  command.kill('SIGKILL');
  sessions.push(await command.ended);
}

function last(): Ended {
  const session = sessions.at(-1);
  if (!session) throw new Error('Nothing was run');
  return session;
}

const govcJson = async (command: string, ...args: readonly string[]) =>
  JSON.parse(await lab.vcenter.govc(command, '-json', ...args));

/** What govc prints, sorted. */
async function lines(...args: readonly string[]): Promise<readonly string[]> {
  return (await lab.vcenter.govc(...args)).trim().split('\n').sort();
}

describe('slipway up with a cloud credential and machine pools, killed and resumed', () => {
  it('was really killed on its way, and ends well', () => {
    const inTheMiddle = sessions.slice(0, -1).map((ended) => eventsOf(ended).at(-1));
    console.info('killed after', inTheMiddle.map((event) => JSON.stringify(event)).join(' and '));
    expect(
      sessions.map(({ exitCode }) => exitCode),
      told(last()),
    ).toEqual([137, 137, 0]);
    console.info(`the last session: ${(metricsOf(last()).elapsedMs / 1000).toFixed(1)} s`);
  });

  it('leaves every node Ready; nodes, VMs and host names are called the same', async () => {
    expect(await kubectl.nodes()).toEqual(Object.fromEntries(machines.map((machine) => [machine, true])));
    const names = await Promise.all(machines.map(async (vm) => (await lab.guest(vm)).exec('hostname')));
    expect(names.map(({ stdout }) => stdout.trim())).toEqual(machines);
  });

  it('has made exactly the wished VMs, as vCenter tells and as govc does', async () => {
    const came = after.vms.filter(({ path }) => !before.vms.some((vm) => vm.path === path));
    expect(came.map(({ path, poweredOn, iso }) => [path, poweredOn, iso])).toEqual(
      machines.map((vm) => [`${folder}/${vm}`, true, '']),
    );
    for (const [vm, { instanceUuid }] of Object.entries(vmsIn(after, folder))) {
      expect(instanceUuid).toBe(inventory.vms.get(vm)?.instanceUuid);
    }
    expect(await lines('find', folder, '-type', 'm')).toEqual(machines.map((vm) => `${folder}/${vm}`));
  });

  it('has left no boot image and no key in vCenter', async () => {
    expect(filesThatCame(before, after).filter((file) => /\.iso$|slipway-c-/.test(file))).toEqual([]);
    for (const vm of machines) {
      const { virtualMachines } = await govcJson('vm.info', '-e', vm);
      const seed: readonly ExtraConfig[] = virtualMachines[0].config.extraConfig;
      const left = seed.filter(({ key, value }) => /^guestinfo\.(userdata|metadata)/.test(key) && value !== '');
      expect(left).toEqual([]);
    }
  });

  it('has given them what their templates say: disks, clone, addresses, attribute', async () => {
    const disks = async (vm: string) => (await govcJson('device.info', '-vm', vm, 'disk-*')).devices as readonly Disk[];
    const GiB = 2 ** 20;
    const ofControl = await disks(control);
    expect(ofControl.map(({ capacityInKB }) => capacityInKB / GiB)).toEqual([machineTemplate.diskGiB, extraDiskGiB]);
    expect(ofControl[0]?.backing.parent?.fileName).toContain('debian-13');
    for (const worker of workers) {
      expect((await disks(worker)).map(({ capacityInKB }) => capacityInKB / GiB)).toEqual([
        machineTemplate.diskGiB + 5,
      ]);
    }
    const [address = ''] = range.ranges[0]?.split('-') ?? [];
    expect((await lab.guest(control)).address).toBe(address);
    for (const vm of machines) {
      expect(inventory.vms.get(vm)?.address).toBe((await lab.guest(vm)).address);
      const { virtualMachines } = await govcJson('vm.info', vm);
      expect(virtualMachines[0].customValue).toEqual([expect.objectContaining({ value: 'platform' })]);
    }
    expect(await lab.vcenter.govc('fields.ls')).toContain('owner');
  });

  it('has tagged them with cluster and run, and keeps the workers apart, as govc sees', async () => {
    const { id } = inventory;
    const vms = await lines('find', '-i', folder, '-type', 'm');
    for (const tag of [id, `${id}.${inventory.runs[0]?.runId ?? ''}`]) {
      const attached = await lines('tags.attached.ls', tag);
      expect(attached.filter((ref) => ref.startsWith('VirtualMachine:'))).toEqual(vms);
    }
    const rule = `slipway ${name} work (${id})`;
    expect(await lines('cluster.rule.ls', '-cluster', 'DC0_C0')).toEqual([rule]);
    expect(await lines('cluster.rule.ls', '-cluster', 'DC0_C0', '-name', rule)).toEqual(workers);
  });

  it('knew every host key before the first connection, and asked nobody', async () => {
    for (const vm of machines) {
      const { stdout } = await (await lab.guest(vm)).exec('cat /etc/ssh/ssh_host_ed25519_key.pub');
      const keyOf = (text: string) => text.split(' ').slice(0, 2).join(' ').trim();
      expect(keyOf(inventory.vms.get(vm)?.hostKey ?? '')).toBe(keyOf(stdout));
    }
    expect(sessions.flatMap(({ lines }) => lines.map(({ type }) => type as string))).not.toContain('host-keys');
  });

  it('has a network in which a pod finds by name a service whose pod is on another machine', async () => {
    const image = lab.image('echo');
    const pods = [echoPod('asker', workers[0], image), echoPod('answerer', workers[1], image)];
    await startEcho(kubectl, [...pods, echoService('answerer')], ['asker', 'answerer']);
    expect(await ask(kubectl, 'asker', 'answerer')).toMatch(/^answerer \/ from 10\.42\./);
  });

  it('shows the machines in status and pool list', async () => {
    const { stdout } = await person.succeed('status', name);
    const pools = await person.succeed('pool', 'list', name);
    for (const vm of machines) {
      const { address = '?' } = inventory.vms.get(vm) ?? {};
      expect(stdout).toMatch(new RegExp(`^${vm} +${address} `, 'm'));
      expect(pools.stdout).toMatch(new RegExp(`${vm} +booted +${address} `));
    }
  });

  it('changes nothing when it is run again', async () => {
    const again = await person.succeed('up', '-f', specFile, '--yes', '--json');
    expect(changesOf(again)).toEqual([]);
    expect(await lab.vcenter.snapshot()).toEqual(after);
  });

  it('leaves no secret in inventory, journal, logs or output', async () => {
    const secrets = new Map([...inventory.secrets, ['password of the vCenter', lab.vcenter.password]]);
    expect([...secrets.keys()].filter((key) => key.startsWith('ssh-')).length).toBe(1 + machines.length);
    expect([...secrets.values()].filter((value) => value.length < 16)).toEqual([]);
    const publicTexts = [...inventory.certificates, ...[...inventory.vms.values()].map(({ hostKey }) => hostKey)];
    expect(findSecrets(secrets, await onThisComputer(person, inventory), publicTexts)).toEqual([]);
  });
});

describe('slipway down', () => {
  it('leaves vCenter as it was and the inventory empty', async () => {
    inventory.close();
    const gone = await person.slipway('down', name, '--yes');
    expect(gone.exitCode, told(gone)).toBe(0);
    console.info(gone.stdout.slice(gone.stdout.indexOf('PHASE')));
    // The definition of a custom attribute stays: others may have given it values by now.
    expect(await lab.vcenter.snapshot()).toEqual({ ...before, customAttributes: ['owner'] });
    expect((await person.succeed('status')).stdout).toContain('No clusters yet');
    expect((await person.succeed('vsphere', 'orphans', credential)).stdout).toContain('Nothing');
  });
});

interface ExtraConfig {
  readonly key: string;
  readonly value: string;
}

interface Disk {
  readonly capacityInKB: number;
  readonly backing: { readonly parent?: { readonly fileName: string } };
}
