import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { children, textAt } from '#main/vsphere/client/answer.ts';
import { typed, type TypedInput } from '#main/vsphere/client/envelope.ts';
import type { Ref } from '#main/vsphere/client/reference.ts';
import { disksOf } from '#main/vsphere/vm/devices.ts';
import { openVsphere } from '#main/vsphere/adapter.ts';
import { findFolder } from '#main/vsphere/folders/folders.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { until } from '#test/lab/until.ts';
import { systemClock } from './clock.ts';
import { Machines, pool } from './machines.ts';
import { failureOf, signal } from './open.ts';

let lab: LabVcenter;
let machines: Machines;

beforeAll(async () => {
  lab = await LabVcenter.start();
  machines = await Machines.open(lab);
});
afterAll(async () => {
  await machines[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});
afterEach(async () => {
  const { invalid } = await lab.control.calls();
  await lab.control.clearRules();
  await lab.control.reset();
  expect(invalid).toEqual([]);
});

/** What VMware tools would tell: the simulator takes it from such keys. */
async function guest(vm: Ref, path: string, value: TypedInput): Promise<void> {
  await machines.reconfigure(vm, { extraConfig: typed('OptionValue', { key: `SET.guest.${path}`, value }) });
}

function nics(...told: readonly { readonly mac: string; readonly addresses: readonly string[] }[]): TypedInput {
  const list = told.map(({ mac, addresses }, at) => ({
    network: 'VM Network',
    ipAddress: addresses,
    macAddress: mac,
    connected: true,
    deviceConfigId: 4000 + at,
  }));
  return typed('ArrayOfGuestNicInfo', { GuestNicInfo: list });
}

const docker = { mac: '02:42:00:00:00:01', addresses: ['172.17.0.1'] };

describe('an address', () => {
  it('is the first global IPv4 one of the NIC that was asked for, when the guest tells it', async () => {
    const { vsphere } = machines;
    const vm = await machines.make('dhcp', { networks: [{ network: 'VM Network' }, { network: 'DC0_DVPG0' }] });
    const [mac = '', other = ''] = vm.macs;
    await vsphere.powerOn(vm.instanceUuid, signal);
    const awaited = vsphere.awaitAddress(vm.instanceUuid, { kind: 'dhcp', mac }, 20_000, signal);
    const early = { mac, addresses: ['fe80::1', '169.254.3.4'] };
    await guest(vm.ref, 'net', nics(docker, early, { mac: other, addresses: ['10.9.9.9'] }));
    await guest(vm.ref, 'net', nics(docker, { mac: mac.toUpperCase(), addresses: ['fe80::1', 'fd00::7', '10.0.0.7'] }));
    expect(await awaited).toBe('10.0.0.7');
  });

  it('that is static is awaited as it is', async () => {
    const { vsphere } = machines;
    const vm = await machines.make('static');
    await guest(vm.ref, 'net', nics({ mac: vm.macs[0] ?? '', addresses: ['10.0.0.9', '10.0.0.8'] }));
    const wanted = { kind: 'static', address: '10.0.0.8' } as const;
    expect(await vsphere.awaitAddress(vm.instanceUuid, wanted, 20_000, signal)).toBe('10.0.0.8');
  });

  it('that does not come is told with what every NIC had', async () => {
    const { vsphere } = machines;
    const vm = await machines.make('silent', { networks: [{ network: 'VM Network' }, { network: 'DC0_DVPG0' }] });
    const [mac = '', other = ''] = vm.macs;
    await guest(vm.ref, 'net', nics(docker, { mac, addresses: ['169.254.3.4'] }));
    await guest(vm.ref, 'toolsRunningStatus', typed('xsd:string', 'guestToolsNotRunning'));
    const error = await failureOf(vsphere.awaitAddress(vm.instanceUuid, { kind: 'dhcp', mac }, 300, signal));
    expect(error).toMatchObject({
      code: 'vsphere.no_address',
      params: {
        machine: 'silent',
        wanted: `an IPv4 address of ${mac}`,
        tools: 'not running, and it is not powered on',
        nics:
          `02:42:00:00:00:01 on VM Network: 172.17.0.1; ${mac} on VM Network: 169.254.3.4; ` + `${other}: nothing told`,
      },
    });
  });

  it('is no longer awaited when the person gives up', async () => {
    const vm = await machines.make('given-up');
    const cancel = new AbortController();
    const wanted = { kind: 'dhcp', mac: vm.macs[0] ?? '' } as const;
    const awaited = machines.vsphere.awaitAddress(vm.instanceUuid, wanted, 60_000, cancel.signal);
    cancel.abort(new Error('given up'));
    await expect(awaited).rejects.toThrow('given up');
  });
});

describe('a machine', () => {
  it('gets custom attributes, made where they are missing, and extra configuration', async () => {
    const { vsphere } = machines;
    const [one, other] = [await machines.make('noted-1'), await machines.make('noted-2')];
    await Promise.all(
      [one, other].map(({ instanceUuid, name }) =>
        vsphere.setCustomAttributes(instanceUuid, { owner: name, 'cost centre': '7' }, signal),
      ),
    );
    await vsphere.setExtraConfig(one.instanceUuid, { 'guestinfo.userdata': 'x', 'guestinfo.gone': 'y' }, signal);
    await vsphere.setExtraConfig(one.instanceUuid, { 'guestinfo.gone': '' }, signal);
    const read = await machines.read(one.ref, 'customValue', 'config.extraConfig');
    const valuesOf = children(read.get('customValue') ?? {}, 'CustomFieldValue').map((row) => textAt(row, 'value'));
    expect(valuesOf.toSorted()).toEqual(['7', 'noted-1']);
    const extra = children(read.get('config.extraConfig') ?? {}, 'OptionValue').map((row) => textAt(row, 'key'));
    expect(extra).toContain('guestinfo.userdata');
    expect(extra).not.toContain('guestinfo.gone');
  });

  it('is removed with its disks, running or not, and once', async () => {
    const { vsphere } = machines;
    const vm = await machines.make('removed');
    await vsphere.powerOn(vm.instanceUuid, signal);
    expect(await vsphere.removeVm(vm.instanceUuid, signal)).toEqual([]);
    expect(await machines.names()).not.toContain('removed');
    expect(await vsphere.removeVm(vm.instanceUuid, signal)).toEqual([]);
  });

  it('is removed without the disks of others, and their paths are told', async () => {
    const { vsphere } = machines;
    const [keeper, vm] = [await machines.make('keeper'), await machines.make('with-volume')];
    const file = disksOf(await machines.devices(keeper.ref))[0]?.file ?? '';
    const own = disksOf(await machines.devices(vm.ref));
    const backing = typed('VirtualDiskFlatVer2BackingInfo', { fileName: file, diskMode: 'persistent' });
    const place = { controllerKey: own[0]?.controllerKey, unitNumber: 9 };
    const device = typed('VirtualDisk', { key: -1, backing, ...place, capacityInKB: 1024 });
    await machines.reconfigure(vm.ref, {
      deviceChange: typed('VirtualDeviceConfigSpec', { operation: 'add', device }),
    });
    expect(disksOf(await machines.devices(vm.ref)).map((disk) => disk.file)).toContain(file);
    await vsphere.powerOn(vm.instanceUuid, signal);
    expect(await vsphere.removeVm(vm.instanceUuid, signal)).toEqual([file]);
    expect(await machines.names()).not.toContain('with-volume');
    expect(await machines.filesIn('LocalDS_0', 'keeper')).toContain(file.slice(file.lastIndexOf('/') + 1));
  });

  it('that is not there is named in the error', async () => {
    const error = await failureOf(machines.vsphere.powerOn('00000000-0000-4000-8000-000000000000', signal));
    expect(error).toMatchObject({
      code: 'vsphere.not_found',
      params: { object: 'the VM with the instance UUID 00000000-0000-4000-8000-000000000000' },
    });
  });
});

describe('an anti-affinity rule', () => {
  it('is made, changed, read and removed, each of it twice', async () => {
    const { vsphere } = machines;
    const made = [await machines.make('apart-1'), await machines.make('apart-2'), await machines.make('apart-3')];
    const [one = '', two = '', three = ''] = made.map(({ instanceUuid }) => instanceUuid);
    const cluster = (await machines.request('x')).placement.cluster;
    if (!cluster) throw new Error('The lab has a cluster.');
    const key = { cluster, name: 'slipway demo workers (c-abcde)' };
    const rule = { ...key, mandatory: false, instanceUuids: [one, two] };
    expect(await vsphere.findRule(key, signal)).toBeUndefined();
    await vsphere.ensureRule(rule, signal);
    await lab.control.reset();
    await vsphere.ensureRule(rule, signal);
    expect((await lab.control.calls()).methods['ReconfigureComputeResource_Task']).toBeUndefined();
    expect(await vsphere.findRule(key, signal)).toEqual(rule);
    const larger = { ...key, mandatory: true, instanceUuids: [one, two, three] };
    await vsphere.ensureRule(larger, signal);
    expect(await vsphere.findRule(key, signal)).toEqual(larger);
    const configuration = (await machines.read(cluster, 'configurationEx')).get('configurationEx') ?? {};
    const rules = children(configuration, 'rule').filter((row) => textAt(row, 'name') === key.name);
    expect(rules).toHaveLength(1);
    for (const _ of [1, 2]) await vsphere.removeRule(key, signal);
    expect(await vsphere.findRule(key, signal)).toBeUndefined();
  });

  it('is tried again while somebody else changes the cluster, and there is none of one machine', async () => {
    const { vsphere } = machines;
    const [one, two] = [await machines.make('busy-1'), await machines.make('busy-2')];
    const cluster = (await machines.request('x')).placement.cluster;
    if (!cluster) throw new Error('The lab has a cluster.');
    const rule = { cluster, name: 'busy', mandatory: false, instanceUuids: [one.instanceUuid, two.instanceUuid] };
    const fault = { type: 'ConcurrentAccess' };
    await lab.control.addRule({ method: 'ReconfigureComputeResource_Task', times: 2, fault });
    await vsphere.ensureRule(rule, signal);
    expect(await vsphere.findRule(rule, signal)).toEqual(rule);
    await vsphere.ensureRule({ ...rule, instanceUuids: [one.instanceUuid] }, signal);
    expect(await vsphere.findRule(rule, signal)).toBeUndefined();
  });
});

describe('a folder', () => {
  const [path, inner] = ['/DC0/vm/team a', '/DC0/vm/team a/k8s'];

  it('is made with those above it, used, and removed only when it is empty', async () => {
    const { vsphere } = machines;
    expect(await vsphere.missingFolders('team a/k8s', signal)).toEqual([path, inner]);
    for (const _ of [1, 2]) await vsphere.ensureFolder(inner, [], signal);
    expect(await vsphere.missingFolders(inner, signal)).toEqual([]);
    const vm = await machines.make('inside', { folder: 'team a/k8s' });
    expect(vm.path).toBe('/DC0/vm/team a/k8s/inside');
    expect(await vsphere.removeFolder(inner, signal)).toBe(false);
    await vsphere.removeVm(vm.instanceUuid, signal);
    expect(await vsphere.removeFolder(path, signal)).toBe(false);
    for (const at of [inner, path, path]) expect(await vsphere.removeFolder(at, signal)).toBe(true);
    expect(await findFolder(machines.vcenter, path, signal)).toBeUndefined();
  });

  it('in no datacenter is refused with what there is', async () => {
    const error = await failureOf(machines.vsphere.missingFolders('/DC9/vm/x', signal));
    expect(error).toMatchObject({ code: 'vsphere.bad_folder', hint: expect.stringContaining('/DC0/vm') });
  });
});

describe('what is ours', () => {
  it('is found by its tag, with where it is', async () => {
    const { vsphere } = machines;
    const tag = { category: 'slipway-cluster', name: 'c-own01' };
    await vsphere.ensureTag(tag, 'of a test', signal);
    await vsphere.ensureFolder('/DC0/vm/owned', [tag], signal);
    const vm = await machines.make('owned', { folder: '/DC0/vm/owned' });
    for (const _ of [1, 2]) await vsphere.attachTags(vm.instanceUuid, [tag], signal);
    const noted = await machines.make('noted');
    await machines.reconfigure(noted.ref, { annotation: 'Slipway made this machine.\nmore' });
    const all = await vsphere.ownedObjects('slipway-cluster', signal);
    const ours = all.filter(({ path, tag: its }) => its === tag.name || path.endsWith('/noted'));
    expect(ours.map(({ kind, path, tag: its, instanceUuid }) => [kind, path, its, instanceUuid])).toEqual([
      ['vm', '/DC0/vm/noted', null, noted.instanceUuid],
      ['folder', '/DC0/vm/owned', tag.name, null],
      ['vm', '/DC0/vm/owned/owned', tag.name, vm.instanceUuid],
    ]);
    await vsphere.removeVm(vm.instanceUuid, signal);
    await vsphere.removeFolder('/DC0/vm/owned', signal);
    await vsphere.removeTag(tag, signal);
  });
});

describe('many machines', () => {
  it('are cloned so many at a time, in the vCenter and on each datastore', async () => {
    const { vcenter } = machines;
    await using vsphere = openVsphere({ vcenter, limits: { clones: 3, clonesPerDatastore: 2 }, clock: systemClock });
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [50], hold: true, then: 'run' } });
    const datastores = ['LocalDS_0', 'LocalDS_0', 'LocalDS_0', 'LocalDS_1', 'LocalDS_1'];
    const requests = await Promise.all(
      datastores.map((datastore, at) => machines.request(`limited-${String(at)}`, { datastore }, vsphere)),
    );
    const begun: string[] = [];
    const made = requests.map((request) => {
      const { name, placement } = request;
      const where = `${placement.datastoreName} ${name}`;
      return vsphere.clone(request, () => void begun.push(where), signal);
    });
    await until('three clones have begun', 10_000, async () => new Set(begun).size >= 3 || undefined);
    expect((await lab.control.calls()).methods['CloneVM_Task']).toBe(3);
    expect([...new Set(begun)].filter((where) => where.startsWith('LocalDS_0'))).toHaveLength(2);
    const release = setInterval(() => void lab.control.releaseTasks(), 20);
    const names = (await Promise.all(made).finally(() => clearInterval(release))).map(({ name }) => name);
    expect(names).toEqual(requests.map(({ name }) => name));
  });

  it('go to one host after the other where there is no DRS', async () => {
    const cluster = (await machines.request('x')).placement.cluster;
    if (!cluster) throw new Error('The lab has a cluster.');
    const drs = (enabled: boolean) =>
      machines.run('ReconfigureComputeResource_Task', cluster, {
        spec: typed('ClusterConfigSpecEx', { drsConfig: { enabled } }),
        modify: true,
      });
    await drs(false);
    await using vsphere = machines.another();
    const { template } = await machines.request('x', {}, vsphere);
    const hosts = [0, 1, 2, 3].map(async (index) => (await vsphere.place({ template, pool, index }, signal)).host?.id);
    const [one, two, three, four] = await Promise.all(hosts);
    await drs(true);
    expect(new Set([one, two, three]).size).toBe(3);
    expect(four).toBe(one);
  });

  it('cost the same number of calls each', async () => {
    const callsFor = async (count: number): Promise<number> => {
      await using vsphere = machines.another();
      const made = Array.from({ length: count }, (_, at) => `many-${String(count)}-${String(at)}`);
      await vsphere.place({ template: (await machines.request('x')).template, pool, index: 0 }, signal);
      await lab.control.reset();
      await Promise.all(made.map((name) => wholeLife(vsphere, name)));
      const { methods, requests } = await lab.control.calls();
      // How often vCenter has news of a task is its own affair.
      return (requests - (methods['WaitForUpdatesEx'] ?? 0)) / count;
    };
    const [few, many] = [await callsFor(5), await callsFor(20)];
    expect(many).toBeLessThanOrEqual(few);
  });

  async function wholeLife(vsphere: Machines['vsphere'], name: string): Promise<void> {
    const request = await machines.request(name, {}, vsphere);
    const vm = await vsphere.clone(request, () => {}, signal);
    const { datacenter, datastoreName } = request.placement;
    const file = { datacenter, datastoreName, path: `slipway/c-many/${name}.iso` };
    await vsphere.uploadIso(file, [{ name: 'meta-data', content: Buffer.from(name) }], signal);
    await vsphere.attachIso(vm.instanceUuid, file, signal);
    await vsphere.powerOn(vm.instanceUuid, signal);
    await vsphere.detachIso(vm.instanceUuid, signal);
    await vsphere.removeFile(file, signal);
    await vsphere.removeVm(vm.instanceUuid, signal);
  }
});
