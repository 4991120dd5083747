import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from '#test/lab/command.ts';
import { Lab } from '#test/lab/lab.ts';
import type { StaticRange } from '#test/lab/network.ts';
import { ConsoleProgress } from '#test/lab/progress.ts';
import { newKeyPair } from '#test/lab/ssh-keys.ts';
import { until } from '#test/lab/until.ts';
import { machineTemplate } from '#test/lab/vcenter/vcenter.ts';
import { runOverSsh } from './ssh-login.ts';

let lab: Lab;
let range: StaticRange;
let folder: string;

beforeAll(async () => {
  lab = await Lab.up({ name: 'lab-tests-vcenter', machines: [], vcenter: {}, progress: new ConsoleProgress() });
  range = await lab.staticAddresses(2);
  folder = await mkdtemp(join(tmpdir(), 'slipway-lab-tests-'));
  return async () => {
    await rm(folder, { recursive: true, force: true });
    await lab.down();
  };
});
afterEach(async () => {
  const { invalid } = await lab.vcenter.control.calls();
  await lab.vcenter.control.clearRules();
  await lab.vcenter.control.silenceTools([]);
  expect(invalid).toEqual([]);
});

const govc = (...args: readonly string[]): Promise<string> => lab.vcenter.govc(...args);
const hostKey = newKeyPair('guest');
const userKey = newKeyPair('user');

function userData(name: string): string {
  return [
    '#cloud-config',
    'users:',
    '  - name: ada',
    '    sudo: ALL=(ALL) NOPASSWD:ALL',
    `    ssh_authorized_keys: ['${userKey.publicKey}']`,
    'ssh_keys:',
    `  ed25519_private: |\n${hostKey.privateKey.replace(/^/gm, '    ')}`,
    `  ed25519_public: ${hostKey.publicKey}`,
    `runcmd: [[touch, /var/tmp/${name}]]`,
  ].join('\n');
}

/** Made by xorriso, so that no line of Slipway takes part. */
async function makeIso(name: string, network: string | undefined): Promise<string> {
  const content = join(folder, name);
  await mkdir(content);
  await writeFile(join(content, 'user-data'), userData(name));
  await writeFile(join(content, 'meta-data'), `instance-id: ${name}\nlocal-hostname: ${name}\n`);
  if (network !== undefined) await writeFile(join(content, 'network-config'), network);
  const iso = join(folder, `${name}.iso`);
  await run(['xorriso', '-as', 'mkisofs', '-quiet', '-V', 'cidata', '-J', '-r', '-o', iso, content]);
  return iso;
}

function staticNetwork(mac: string, address: string): string {
  return JSON.stringify({
    version: 2,
    ethernets: {
      nic0: {
        match: { macaddress: mac },
        addresses: [`${address}/${String(range.prefix)}`],
        routes: [{ to: 'default', via: range.gateway }],
        nameservers: { addresses: range.nameservers },
      },
    },
  });
}

async function cloneTo(name: string): Promise<string> {
  await govc(
    'vm.clone',
    '-vm',
    machineTemplate.path,
    '-on=false',
    '-ds',
    'LocalDS_0',
    '-pool',
    'DC0_C0/Resources',
    name,
  );
  const { devices } = JSON.parse(await govc('device.info', '-vm', name, '-json', 'ethernet-*'));
  return devices[0].macAddress;
}

async function insertIso(name: string, iso: string): Promise<void> {
  await govc('datastore.upload', '-ds', 'LocalDS_0', iso, `seeds/${name}.iso`);
  const drive = (await govc('device.cdrom.add', '-vm', name)).trim();
  await govc('device.cdrom.insert', '-vm', name, '-device', drive, '-ds', 'LocalDS_0', `seeds/${name}.iso`);
}

function addressOf(name: string): Promise<string> {
  return until(`the tools of ${name} report`, 20_000, async () => {
    const { ipAddress } = JSON.parse(await govc('vm.info', '-json', name)).virtualMachines[0].guest;
    return ipAddress || undefined;
  });
}

const login = { user: 'ada', privateKey: userKey.privateKey, hostKey: hostKey.publicKey };

async function sshTo(address: string, command: string): Promise<string> {
  return until(`${address} lets ada in`, 60_000, () => runOverSsh(address, login, command));
}

describe('a clone of the machine template', () => {
  it('is what its CD says, at the static address it gives; and leaves nothing', async () => {
    const before = await lab.vcenter.snapshot();
    const mac = await cloneTo('vm-static');
    const address = range.ranges[0]?.split('-')[0] ?? '';
    await insertIso('vm-static', await makeIso('vm-static', staticNetwork(mac, address)));
    await govc('vm.power', '-on', 'vm-static');
    expect(await addressOf('vm-static')).toBe(address);
    const look =
      'hostname; sudo -n cloud-init status --wait >&2; ls /var/tmp/vm-static; cat /sys/class/net/eth0/address';
    expect(await sshTo(address, look)).toBe(`vm-static\n/var/tmp/vm-static\n${mac}`);
    await expect(runOverSsh(address, { ...login, user: 'root' }, 'true')).rejects.toThrow();

    const { virtualMachines } = JSON.parse(await govc('vm.info', '-json', 'vm-static'));
    expect(virtualMachines[0].guest).toMatchObject({
      hostName: 'vm-static',
      toolsRunningStatus: 'guestToolsRunning',
      net: [{ macAddress: mac, ipAddress: [address, expect.stringMatching(/^fe80::/)], network: 'VM Network' }],
    });

    await govc('vm.power', '-s', 'vm-static');
    await until('it has shut down', 30_000, async () => {
      const { vms } = await lab.vcenter.snapshot();
      return vms.find(({ path }) => path.endsWith('/vm-static'))?.poweredOn === false || undefined;
    });
    expect((await lab.guest('vm-static')).running).toBe(false);
    await govc('device.cdrom.eject', '-vm', 'vm-static');
    await govc('datastore.rm', '-ds', 'LocalDS_0', 'seeds');

    await govc('vm.power', '-on', 'vm-static'); // without its CD it stays what it became
    expect(await addressOf('vm-static')).toBe(address);
    expect(await sshTo(address, 'hostname')).toBe('vm-static');
    await govc('vm.destroy', 'vm-static');
    await expect(lab.guest('vm-static')).rejects.toThrow('has no guest');
    expect(await lab.vcenter.snapshot()).toEqual(before);
  });

  it('asks DHCP where the CD leaves it open, and reads guestinfo when there is no CD', async () => {
    const mac = await cloneTo('vm-dhcp');
    const network = { version: 2, ethernets: { nic0: { match: { macaddress: mac }, dhcp4: true } } };
    const metaData = JSON.stringify({ 'instance-id': 'vm-dhcp', 'local-hostname': 'vm-dhcp', network });
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    await govc(
      ...['vm.change', '-vm', 'vm-dhcp'],
      ...['-e', `guestinfo.userdata=${base64(userData('vm-dhcp'))}`, '-e', 'guestinfo.userdata.encoding=base64'],
      ...['-e', `guestinfo.metadata=${base64(metaData)}`, '-e', 'guestinfo.metadata.encoding=base64'],
    );
    await govc('vm.power', '-on', 'vm-dhcp');
    const address = await addressOf('vm-dhcp');
    expect(await sshTo(address, 'hostname')).toBe('vm-dhcp');
    expect((await lab.guest('vm-dhcp')).address).toBe(address);
    await govc('vm.destroy', 'vm-dhcp');
  });

  it('boots as nobody’s machine without a CD, and tells nothing', async () => {
    await cloneTo('vm-bare');
    await govc('vm.power', '-on', 'vm-bare');
    const guest = await until('it has booted', 20_000, async () => {
      const found = await lab.guest('vm-bare');
      return found.running ? found : undefined;
    });
    const { stdout } = await guest.exec('systemctl is-system-running --wait || true; ls /etc/ssh; ls /home');
    expect(stdout).not.toMatch(/ssh_host_|ada/);
    expect(guest.address).toBe('');
    await govc('vm.destroy', 'vm-bare');
  });
});

describe('the vCenter', () => {
  it('stops a call that changes something where a test wants it, before or after', async () => {
    const { control } = lab.vcenter;
    const names = async (): Promise<readonly string[]> => (await lab.vcenter.snapshot()).folders;
    for (const when of ['before', 'after'] as const) {
      await control.reset();
      await control.holdChange(1, when);
      const path = `/DC0/vm/held-${when}`;
      const creating = govc('folder.create', path);
      expect(await control.held()).toMatchObject({ method: 'CreateFolder', change: 1 });
      expect((await names()).includes(path)).toBe(when === 'after');
      await control.releaseChange();
      await creating;
      expect(await names()).toContain(path);
      await govc('object.destroy', path);
    }
  });

  it('has VMs on paper too, whose tools report an address unless a test forbids it', async () => {
    const clone = (name: string): Promise<string> =>
      govc('vm.clone', '-vm', 'ubuntu-24.04', '-on=false', '-ds', 'LocalDS_0', '-pool', 'DC0_C0/Resources', name);
    await lab.vcenter.control.silenceTools(['paper-2']);
    for (const name of ['paper-1', 'paper-2']) await clone(name);
    for (const name of ['paper-2', 'paper-1']) await govc('vm.power', '-on', name);
    expect(await addressOf('paper-1')).toMatch(/^10\.66\./);
    const { virtualMachines } = JSON.parse(await govc('vm.info', '-json', 'paper-2'));
    expect(virtualMachines[0].guest.ipAddress).toBeUndefined();
    for (const name of ['paper-1', 'paper-2']) await govc('vm.destroy', name);
  });

  it('refuses an upload, or a call of the REST API, where a rule says so', async () => {
    const { control } = lab.vcenter;
    await control.addRule({ path: '^PUT /folder/', status: 500, times: 1 });
    await writeFile(join(folder, 'file'), 'content');
    const upload = () => govc('datastore.upload', '-ds', 'LocalDS_0', join(folder, 'file'), 'file');
    await expect(upload()).rejects.toThrow('500');
    await upload();
    await govc('datastore.rm', '-ds', 'LocalDS_0', 'file');
    await control.addRule({ path: '^POST /rest/com/vmware/cis/tagging/category', status: 503, times: 1 });
    await expect(govc('tags.category.create', 'colour')).rejects.toThrow('503');
  });

  it('clones nothing onto a datastore that is full', async () => {
    const { freeBytes } = await lab.vcenter.snapshot();
    await lab.vcenter.control.setFreeSpace('LocalDS_0', 2 ** 30);
    await expect(cloneTo('vm-too-much')).rejects.toThrow(/NoDiskSpace|LocalDS_0/);
    await lab.vcenter.control.setFreeSpace('LocalDS_0', freeBytes['/DC0/datastore/LocalDS_0'] ?? 0);
  });

  it('is found by another process, and its files say how', async () => {
    const attached = await Lab.attach(lab.name);
    expect(attached.vcenter.url).toBe(lab.vcenter.url);
    const status = JSON.parse(await run([process.execPath, 'test/lab/cli.ts', 'status', '--json'])).find(
      ({ name }: { readonly name: string }) => name === lab.name,
    );
    expect(status.vcenter).toMatchObject({ url: lab.vcenter.url, user: 'administrator@vsphere.local' });
    expect(await readFile(status.vcenter.passwordFile, 'utf8')).toBe(lab.vcenter.password);
    expect(await readFile(status.vcenter.caFile, 'utf8')).toBe(lab.vcenter.caPem);
  });
});
