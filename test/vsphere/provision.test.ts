import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { child, children, refOf, textAt } from '#main/vsphere/client/answer.ts';
import { disksOf, nicsOf } from '#main/vsphere/vm/devices.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { until } from '#test/lab/until.ts';
import { Machines } from './machines.ts';
import { failureOf, signal } from './open.ts';

let lab: LabVcenter;
let machines: Machines;
let vsphere: Machines['vsphere'];

beforeAll(async () => {
  lab = await LabVcenter.start();
  machines = await Machines.open(lab);
  vsphere = machines.vsphere;
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

const gib = 2 ** 30;

describe('a clone', () => {
  it('is what was asked for, in one go', async () => {
    const request = await machines.request('whole', {
      cpus: 3,
      memoryMiB: 3072,
      diskGiB: 20,
      disks: [{ sizeGiB: 5 }, { sizeGiB: 7, thin: false }],
      networks: [{ network: 'DC0_DVPG0' }, { network: 'VM Network' }],
      extraConfig: { 'guestinfo.note': 'a <b>' },
    });
    const progress: string[] = [];
    const vm = await vsphere.clone(request, ({ label }) => progress.push(label), signal);
    expect(vm).toMatchObject({
      name: 'whole',
      path: '/DC0/vm/whole',
      instanceUuid: request.instanceUuid,
      poweredOn: false,
      iso: null,
      datastores: ['LocalDS_0'],
      host: expect.stringMatching(/^DC0_C0_H\d$/),
    });
    const read = await machines.read(vm.ref, 'config', 'resourcePool');
    const config = read.get('config') ?? {};
    expect(textAt(config, 'hardware', 'numCPU')).toBe('3');
    expect(textAt(config, 'hardware', 'memoryMB')).toBe('3072');
    expect(textAt(config, 'annotation')).toBe('slipway: whole');
    expect(textAt(config, 'flags', 'diskUuidEnabled')).toBe('true');
    expect(refOf(read.get('resourcePool'))).toEqual(request.placement.pool);
    const extra = Object.fromEntries(
      children(config, 'extraConfig').map((one) => [textAt(one, 'key'), textAt(one, 'value')]),
    );
    expect(extra).toMatchObject({ 'disk.enableUUID': 'TRUE', 'guestinfo.note': 'a <b>' });

    const all = await machines.devices(vm.ref);
    const nics = nicsOf(all);
    expect(
      nics.map(({ type, element }) => [type, Object.keys(child(element, 'backing') ?? {}).includes('port')]),
    ).toEqual([
      ['VirtualVmxnet3', true],
      ['VirtualVmxnet3', false],
    ]);
    expect(vm.macs).toEqual(nics.map(({ element }) => textAt(element, 'macAddress')));
    const disks = disksOf(all);
    expect(disks.map(({ capacityBytes, thin }) => [capacityBytes / gib, thin])).toEqual([
      [20, expect.any(Boolean)],
      [5, true],
      [7, false],
    ]);
    expect(
      new Set(disks.map(({ controllerKey, unitNumber }) => `${String(controllerKey)}:${String(unitNumber)}`)).size,
    ).toBe(3);
  });

  it('is found again by its instance UUID, and by nothing else', async () => {
    const vm = await machines.make('found');
    expect(await vsphere.findVm(vm.instanceUuid, signal)).toEqual(vm);
    expect(await vsphere.findVm(randomUUID(), signal)).toBeUndefined();
  });

  it('can be linked to a snapshot of its source', async () => {
    const source = await machines.make('golden');
    const linked = { source: { vm: '/DC0/vm/golden' }, clone: 'linked' } as const;
    await using before = machines.another();
    const without = await machines.request('without', linked, before);
    expect(await failureOf(before.clone(without, () => {}, signal))).toMatchObject({
      code: 'vsphere.source_unfit',
      cause: 'Cannot clone without from golden: it has no snapshot, and a linked clone starts from one.',
    });
    await machines.run('CreateSnapshot_Task', source.ref, { name: 'ready', memory: false, quiesce: false });
    await using later = machines.another();
    const request = await machines.request('linked', { ...linked, snapshot: 'ready' }, later);
    expect((await later.clone(request, () => {}, signal)).name).toBe('linked');
    const wrong = await machines.request('wrong', { ...linked, snapshot: 'raedy' }, later);
    expect(await failureOf(later.clone(wrong, () => {}, signal))).toMatchObject({
      cause: 'Cannot clone wrong from golden: it has no snapshot "raedy", only "ready".',
    });
  });

  it('tells that a disk cannot shrink', async () => {
    await machines.make('big', { diskGiB: 30 });
    await using later = machines.another();
    const request = await machines.request('small', { source: { vm: 'big' }, diskGiB: 12 }, later);
    expect(await failureOf(later.clone(request, () => {}, signal))).toMatchObject({
      code: 'vsphere.source_unfit',
      cause: 'Cannot clone small from big: its first disk has 30 GiB, and cannot shrink to 12.',
    });
  });
});

describe('a clone that an earlier process began', () => {
  it('is followed, and no second one is made', async () => {
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [30], hold: true, then: 'run' } });
    const request = await machines.request('resumed');
    // A process of its own has a session of its own.
    await using dead = await Machines.open(lab);
    const first = dead.vsphere.clone(request, () => {}, signal);
    const calls = async (method: string) => (await lab.control.calls()).methods[method] ?? 0;
    await until('the clone has begun', 10_000, async () => (await calls('CloneVM_Task')) === 1 || undefined);
    const second = vsphere.clone({ ...request, mayBeUnderWay: true }, () => {}, signal);
    await until('both follow it', 10_000, async () => (await calls('ModifyListView')) === 2 || undefined);
    const release = setInterval(() => void lab.control.releaseTasks(), 20);
    const [one, other] = await Promise.all([first, second]).finally(() => clearInterval(release));
    expect(other).toEqual(one);
    expect((await lab.control.calls()).methods['CloneVM_Task']).toBe(1);
    expect((await machines.names()).filter((name) => name === 'resumed')).toHaveLength(1);
  });

  it('and finished is taken as it is, also when nobody knew that it was begun', async () => {
    const request = await machines.request('finished');
    const made = await vsphere.clone(request, () => {}, signal);
    expect(await vsphere.clone({ ...request, mayBeUnderWay: true }, () => {}, signal)).toEqual(made);
    expect(await vsphere.clone(request, () => {}, signal)).toEqual(made);
    expect((await machines.names()).filter((name) => name === 'finished')).toHaveLength(1);
  });

  it("is none of ours when it is somebody else's VM of that name", async () => {
    await machines.make('theirs');
    const error = await failureOf(machines.make('theirs'));
    expect(error).toMatchObject({ code: 'vsphere.name_taken', params: { what: 'clone theirs', name: 'theirs' } });
    expect(error.params['object']).toContain('VirtualMachine "theirs"');
  });
});

describe('a clone that fails', () => {
  it('for want of space names what and why', async () => {
    const fault = { type: 'NoDiskSpace', fields: { datastore: 'LocalDS_0' }, message: 'LocalDS_0 is full.' };
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [40], then: 'fail', fault } });
    expect(await failureOf(machines.make('no-space'))).toMatchObject({
      code: 'vsphere.no_space',
      cause: 'Cannot clone no-space, a datastore is full or too small (NoDiskSpace): LocalDS_0 is full.',
    });
    expect(await machines.names()).not.toContain('no-space');
  });

  it('for want of a privilege names the privilege and the object', async () => {
    const request = await machines.request('no-privilege');
    const fault = {
      type: 'NoPermission',
      fields: {
        object: { type: 'Folder', value: request.placement.folder.id },
        privilegeId: 'VirtualMachine.Inventory.CreateFromExisting',
      },
    };
    await lab.control.addRule({ method: 'CloneVM_Task', fault });
    const error = await failureOf(vsphere.clone(request, () => {}, signal));
    expect(error.code).toBe('vsphere.no_permission');
    expect(error.cause).toContain('VirtualMachine.Inventory.CreateFromExisting is missing on Folder "vm"');
  });

  it('at power-on names the machine', async () => {
    const vm = await machines.make('no-power');
    const fault = { type: 'InsufficientMemoryResourcesFault', message: 'Not enough memory.' };
    await lab.control.addRule({ method: 'PowerOnVM_Task', task: { then: 'fail', fault } });
    expect(await failureOf(vsphere.powerOn(vm.instanceUuid, signal))).toMatchObject({
      code: 'vsphere.no_resources',
      cause: expect.stringContaining('power on no-power'),
    });
  });
});

describe('an image', () => {
  const seed = [{ name: 'user-data', content: Buffer.from('#cloud-config\n') }];

  it('is uploaded, attached, taken out again and deleted with its folder; each of it twice', async () => {
    const request = await machines.request('with-iso');
    const vm = await vsphere.clone(request, () => {}, signal);
    const { datacenter, datastoreName } = request.placement;
    const file = { datacenter, datastoreName, path: 'slipway/c-abcde/with iso.iso' };
    for (const _ of [1, 2]) {
      await vsphere.uploadIso(file, seed, signal);
      await vsphere.attachIso(vm.instanceUuid, file, signal);
    }
    expect((await vsphere.findVm(vm.instanceUuid, signal))?.iso).toBe('[LocalDS_0] slipway/c-abcde/with iso.iso');
    const drives = (await machines.devices(vm.ref)).filter(({ type }) => type === 'VirtualCdrom');
    expect(drives.map(({ element }) => textAt(element, 'connectable', 'startConnected'))).toContain('true');
    await vsphere.powerOn(vm.instanceUuid, signal);
    await vsphere.powerOn(vm.instanceUuid, signal);
    for (const _ of [1, 2]) {
      await vsphere.detachIso(vm.instanceUuid, signal);
      await vsphere.removeFile(file, signal);
    }
    expect(await vsphere.findVm(vm.instanceUuid, signal)).toMatchObject({ iso: null, poweredOn: true });
    expect(await machines.filesIn('LocalDS_0', 'slipway')).toEqual([]);
  });

  it('is uploaded with a new session when the old one has ended', async () => {
    await lab.control.expireSessions();
    const path = '/folder/alone.txt?dcPath=DC0&dsName=LocalDS_0';
    const put = { method: 'PUT' as const, path, body: 'text' };
    expect((await machines.vcenter.request(put, 'session', signal)).status).toBe(200);
    expect((await lab.control.calls()).logins).toHaveLength(1);
    const { placement } = await machines.request('alone');
    const { datacenter, datastoreName } = placement;
    for (const _ of [1, 2]) await vsphere.removeFile({ datacenter, datastoreName, path: 'alone.txt' }, signal);
    expect(await machines.filesIn('LocalDS_0', '')).not.toContain('alone.txt');
  });

  it('does not take the images of other machines along', async () => {
    const { placement } = await machines.request('neighbour');
    const { datacenter, datastoreName } = placement;
    const file = (name: string) => ({ datacenter, datastoreName, path: `slipway/c-two/${name}.iso` });
    await Promise.all(['a', 'b'].map((name) => vsphere.uploadIso(file(name), seed, signal)));
    await Promise.all([vsphere.removeFile(file('a'), signal), vsphere.uploadIso(file('c'), seed, signal)]);
    expect(await machines.filesIn('LocalDS_0', 'slipway/c-two')).toEqual(['b.iso', 'c.iso']);
    await Promise.all(['b', 'c'].map((name) => vsphere.removeFile(file(name), signal)));
    expect(await machines.filesIn('LocalDS_0', 'slipway')).toEqual([]);
  });
});
