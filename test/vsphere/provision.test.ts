import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { CloneRequest, FoundVm, PlaceRequest, VspherePort } from '#main/cluster/vsphere-port.ts';
import { child, children, items, refOf, textAt, textOf } from '#main/vsphere/client/answer.ts';
import type { Ref } from '#main/vsphere/client/reference.ts';
import { listObjects, readObjects } from '#main/vsphere/client/retrieve.ts';
import { runTask } from '#main/vsphere/client/tasks.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { openVsphere } from '#main/vsphere/adapter.ts';
import { devicesOf, disksOf, nicsOf } from '#main/vsphere/vm/devices.ts';
import { MachinePool, NodeTemplate, type NodeTemplateInput } from '#shared/spec/node-template.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { systemClock } from './clock.ts';
import { failureOf, openVcenter, signal } from './open.ts';

let lab: LabVcenter;
let vcenter: Vcenter;
let vsphere: VspherePort & AsyncDisposable;

beforeAll(async () => {
  lab = await LabVcenter.start();
  vcenter = await openVcenter(lab);
  vsphere = openVsphere({ vcenter, limits: { clones: 8, clonesPerDatastore: 4 }, clock: systemClock });
});
afterAll(async () => {
  await vsphere[Symbol.asyncDispose]();
  await vcenter[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});
afterEach(async () => {
  const { invalid } = await lab.control.calls();
  await lab.control.restorePrivileges();
  await lab.control.clearRules();
  await lab.control.reset();
  expect(invalid).toEqual([]);
});

const gib = 2 ** 30;
const pool = v.parse(MachinePool, { name: 'workers', template: 'small', count: 3, roles: ['worker'] });

function template(changes: Partial<NodeTemplateInput> = {}): NodeTemplate {
  return v.parse(NodeTemplate, {
    name: 'small',
    source: { vm: 'ubuntu-24.04' },
    pool: '/DC0/host/DC0_C0/Resources',
    datastore: 'LocalDS_0',
    networks: [{ network: 'VM Network' }],
    ...changes,
  });
}

async function place(from: NodeTemplate, index = 0): Promise<CloneRequest['placement']> {
  const request: PlaceRequest = { template: from, pool, index };
  return vsphere.place(request, signal);
}

async function cloneRequest(name: string, changes: Partial<NodeTemplateInput> = {}): Promise<CloneRequest> {
  const from = template(changes);
  return {
    ...{ name, instanceUuid: randomUUID(), template: from, placement: await place(from) },
    ...{ annotation: `slipway: ${name}`, mayBeUnderWay: false, withinMs: 30_000 },
  };
}

async function make(name: string, changes: Partial<NodeTemplateInput> = {}): Promise<FoundVm> {
  return vsphere.clone(await cloneRequest(name, changes), () => {}, signal);
}

async function values(ref: Ref, ...paths: string[]) {
  const [found] = await readObjects(vcenter, 'look', [ref], [{ type: ref.type, paths }], signal);
  if (!found) throw new Error(`${ref.id} is not there.`);
  return found.values;
}

async function devices(ref: Ref) {
  return devicesOf((await values(ref, 'config.hardware.device')).get('config.hardware.device'));
}

async function vmNames(): Promise<readonly string[]> {
  const sets = [{ type: 'VirtualMachine', paths: ['name'] }];
  return listObjects(vcenter, { what: 'list VMs', sets }, (vm) => textOf(vm.values.get('name')), signal);
}

async function inject(ref: Ref, extraConfig: readonly unknown[]): Promise<void> {
  const call = { method: 'ReconfigVM_Task', target: ref, args: { spec: { extraConfig } } };
  await runTask(vcenter, call as Parameters<typeof runTask>[1], { what: 'inject', withinMs: 10_000 }, signal);
}

describe('a clone', () => {
  it('is what was asked for, in one go', async () => {
    const request = await cloneRequest('whole', {
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
      tags: [],
      datastores: ['LocalDS_0'],
      host: expect.stringMatching(/^DC0_C0_H\d$/),
    });
    const read = await values(vm.ref, 'config', 'resourcePool');
    const config = read.get('config') ?? {};
    expect(textAt(config, 'hardware', 'numCPU')).toBe('3');
    expect(textAt(config, 'hardware', 'memoryMB')).toBe('3072');
    expect(refOf(read.get('resourcePool'))).toEqual(request.placement.pool);
    const extra = Object.fromEntries(
      children(config, 'extraConfig').map((one) => [textAt(one, 'key'), textAt(one, 'value')]),
    );
    expect(extra).toMatchObject({ 'disk.enableUUID': 'TRUE', 'guestinfo.note': 'a <b>' });

    const all = await devices(vm.ref);
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
    const vm = await make('found');
    expect(await vsphere.findVm(vm.instanceUuid, signal)).toEqual(vm);
    expect(await vsphere.findVm(randomUUID(), signal)).toBeUndefined();
  });

  it('can be linked to a snapshot of its source', async () => {
    const source = await make('golden');
    await expect(
      failureOf(make('no-snapshot', { source: { vm: '/DC0/vm/golden' }, clone: 'linked' })),
    ).resolves.toMatchObject({ code: 'vsphere.cannot_place' }); // the adapter read the VMs before this one was made
    const snapshot = { name: 'ready', memory: false, quiesce: false };
    const call = { method: 'CreateSnapshot_Task', target: source.ref, args: snapshot };
    await runTask(vcenter, call, { what: 'make a snapshot', withinMs: 10_000 }, signal);
    await using later = openVsphere({ vcenter, limits: { clones: 1, clonesPerDatastore: 1 }, clock: systemClock });
    const from = template({ source: { vm: '/DC0/vm/golden' }, clone: 'linked', snapshot: 'ready' });
    const placement = await later.place({ template: from, pool, index: 0 }, signal);
    const request = { ...(await cloneRequest('linked')), template: from, placement };
    expect((await later.clone(request, () => {}, signal)).name).toBe('linked');
    const wrong = { ...request, name: 'wrong', instanceUuid: randomUUID(), template: { ...from, snapshot: 'raedy' } };
    expect(await failureOf(later.clone(wrong, () => {}, signal))).toMatchObject({
      code: 'vsphere.source_unfit',
      cause: 'Cannot clone wrong from golden: it has no snapshot "raedy", only "ready".',
    });
  });

  it('tells that a disk cannot shrink', async () => {
    await make('big', { diskGiB: 30 });
    await using later = openVsphere({ vcenter, limits: { clones: 1, clonesPerDatastore: 1 }, clock: systemClock });
    const from = template({ source: { vm: 'big' }, diskGiB: 12 });
    const placement = await later.place({ template: from, pool, index: 0 }, signal);
    const request = { ...(await cloneRequest('small')), template: from, placement };
    expect(await failureOf(later.clone(request, () => {}, signal))).toMatchObject({ code: 'vsphere.source_unfit' });
  });
});

describe('a clone that an earlier process began', () => {
  it('is followed, and no second one is made', async () => {
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [30], hold: true, then: 'run' } });
    const request = await cloneRequest('resumed');
    await using dead = openVsphere({ vcenter, limits: { clones: 1, clonesPerDatastore: 1 }, clock: systemClock });
    const first = dead.clone(request, () => {}, signal);
    while ((await lab.control.calls()).methods['CloneVM_Task'] !== 1) await new Promise(setImmediate);
    const second = vsphere.clone({ ...request, mayBeUnderWay: true }, () => {}, signal);
    while (((await lab.control.calls()).methods['WaitForUpdatesEx'] ?? 0) < 2) await new Promise(setImmediate);
    const release = setInterval(() => void lab.control.releaseTasks(), 20);
    const [one, other] = await Promise.all([first, second]).finally(() => clearInterval(release));
    expect(other).toEqual(one);
    expect((await lab.control.calls()).methods['CloneVM_Task']).toBe(1);
    expect((await vmNames()).filter((name) => name === 'resumed')).toHaveLength(1);
  });

  it('and finished is taken as it is, also when nobody knew that it was begun', async () => {
    const request = await cloneRequest('finished');
    const made = await vsphere.clone(request, () => {}, signal);
    expect(await vsphere.clone({ ...request, mayBeUnderWay: true }, () => {}, signal)).toEqual(made);
    expect(await vsphere.clone(request, () => {}, signal)).toEqual(made);
    expect((await vmNames()).filter((name) => name === 'finished')).toHaveLength(1);
  });

  it("is none of ours when it is somebody else's VM of that name", async () => {
    await make('theirs');
    const error = await failureOf(make('theirs'));
    expect(error).toMatchObject({ code: 'vsphere.name_taken', params: { what: 'clone theirs', name: 'theirs' } });
    expect(error.params['object']).toContain('VirtualMachine "theirs"');
  });
});

describe('a clone that fails', () => {
  it('for want of space names what and why', async () => {
    const fault = { type: 'NoDiskSpace', fields: { datastore: 'LocalDS_0' }, message: 'LocalDS_0 is full.' };
    await lab.control.addRule({ method: 'CloneVM_Task', task: { percents: [40], then: 'fail', fault } });
    expect(await failureOf(make('no-space'))).toMatchObject({
      code: 'vsphere.no_space',
      cause: 'Cannot clone no-space, a datastore is full or too small (NoDiskSpace): LocalDS_0 is full.',
    });
    expect(await vmNames()).not.toContain('no-space');
  });

  it('for want of a privilege names the privilege and the object', async () => {
    const request = await cloneRequest('no-privilege');
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
    const vm = await make('no-power');
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
    const request = await cloneRequest('with-iso');
    const vm = await vsphere.clone(request, () => {}, signal);
    const { datacenter, datastoreName } = request.placement;
    const file = { datacenter, datastoreName, path: 'slipway/c-abcde/with iso.iso' };
    for (const _ of [1, 2]) {
      await vsphere.uploadIso(file, seed, signal);
      await vsphere.attachIso(vm.instanceUuid, file, signal);
    }
    expect((await vsphere.findVm(vm.instanceUuid, signal))?.iso).toBe('[LocalDS_0] slipway/c-abcde/with iso.iso');
    const drives = (await devices(vm.ref)).filter(({ type }) => type === 'VirtualCdrom');
    expect(drives.map(({ element }) => textAt(element, 'connectable', 'startConnected'))).toContain('true');
    await vsphere.powerOn(vm.instanceUuid, signal);
    await vsphere.powerOn(vm.instanceUuid, signal);
    for (const _ of [1, 2]) {
      await vsphere.detachIso(vm.instanceUuid, signal);
      await vsphere.removeFile(file, signal);
    }
    expect(await vsphere.findVm(vm.instanceUuid, signal)).toMatchObject({ iso: null, poweredOn: true });
    expect(await datastoreFolder(request, '[LocalDS_0] slipway')).toEqual([]);
  });

  it('does not take the images of other machines along', async () => {
    const { placement } = await cloneRequest('neighbour');
    const { datacenter, datastoreName } = placement;
    const file = (name: string) => ({ datacenter, datastoreName, path: `slipway/c-two/${name}.iso` });
    await Promise.all(['a', 'b'].map((name) => vsphere.uploadIso(file(name), seed, signal)));
    await Promise.all([vsphere.removeFile(file('a'), signal), vsphere.uploadIso(file('c'), seed, signal)]);
    expect(await datastoreFolder({ placement }, '[LocalDS_0] slipway/c-two')).toEqual(['b.iso', 'c.iso']);
    await Promise.all(['b', 'c'].map((name) => vsphere.removeFile(file(name), signal)));
    expect(await datastoreFolder({ placement }, '[LocalDS_0] slipway')).toEqual([]);
  });

  async function datastoreFolder(
    { placement }: Pick<CloneRequest, 'placement'>,
    path: string,
  ): Promise<readonly (string | undefined)[]> {
    const browser = refOf((await values(placement.datastore, 'browser')).get('browser'));
    if (!browser) throw new Error('The datastore has no browser.');
    const call = { method: 'SearchDatastore_Task', target: browser, args: { datastorePath: path } };
    const result = await runTask(vcenter, call, { what: 'look', withinMs: 10_000 }, signal);
    return children(result ?? {}, 'file')
      .map((file) => textAt(file, 'path'))
      .toSorted();
  }
});
