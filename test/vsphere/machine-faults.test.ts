import { describe, expect, it } from 'vitest';
import { machineTemplate } from '#test/lab/vcenter/vcenter.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { byNameOrPath } from '#main/vsphere/inventory/search.ts';
import {
  continuesAndGoes,
  cure,
  fails,
  failures,
  goes,
  keysOf,
  lab,
  localDatastore,
  machinesOf,
  ours,
  refused,
  remember,
  rule,
  succeeded,
  threeMachines,
  useLab,
  warnings,
  type Fault,
} from './fault-scene.ts';
import { makeLibrary, makeOvf } from './library-scene.ts';
import { openVcenter, optionsFor, signal } from './open.ts';
import { Pipeline, type PipelineOptions } from './pipeline.ts';

useLab();

const faults: readonly Fault[] = [
  {
    what: 'whose clone fails',
    arrange: rule({ method: 'CloneVM_Task', times: 1, ...fails('CustomizationFault') }),
    code: 'vsphere.task_failed',
    says: /^vCenter could not clone f\d+-\w+-\d \(CustomizationFault\): Made by a rule/,
    remedy: /the task task-\d+/,
  },
  {
    what: 'whose clone finds the datastore full',
    arrange: rule({ method: 'CloneVM_Task', times: 1, ...fails('NoDiskSpace', { datastore: 'LocalDS_0' }) }),
    code: 'vsphere.no_space',
    says: /clone f\d+-\w+-\d, a datastore is full/,
    remedy: /Free some space/,
  },
  {
    what: 'whose clone hangs',
    timeouts: { cloneMachine: 1 },
    arrange: rule({ method: 'CloneVM_Task', times: 1, task: { percents: [30], then: 'hang' } }),
    code: 'vsphere.task_overdue',
    says: /did not clone f\d+-\w+-\d within 1 s. Last seen: running, 30 %/,
    remedy: /task task-\d+ was asked to stop/,
  },
  {
    what: 'that may not be cloned any more',
    arrange: rule({ method: 'CloneVM_Task', times: 1, ...refused('VirtualMachine.Provisioning.DeployTemplate') }),
    code: 'vsphere.no_permission',
    says: /clone f\d+-\w+-\d: the privilege VirtualMachine.Provisioning.DeployTemplate is missing on VirtualMachine "debian-13"/,
    remedy: /role with VirtualMachine.Provisioning.DeployTemplate on/,
  },
  {
    what: 'that may not be tagged',
    // The two folders are tagged first.
    arrange: rule({ path: 'tag-association.*attach-multiple-tags', skip: 2, times: 1, status: 403 }),
    code: 'vsphere.no_permission',
    says: /the privilege InventoryService.Tagging.AttachTag is missing on VirtualMachine "f\d+-\w+-\d"/,
    remedy: /role with InventoryService.Tagging/,
  },
  {
    what: 'whose boot image may not be uploaded',
    arrange: (machine) => lab.control.addRule({ path: `^PUT /folder/.*${machine}.iso`, status: 403 }),
    code: 'vsphere.no_permission',
    says: /write \[LocalDS_0\] slipway-c-\w+\/f\d+-work-1.iso: the privilege Datastore.FileManagement is missing/,
    remedy: /role with Datastore.FileManagement/,
  },
  {
    what: 'whose boot image is refused by the datastore',
    arrange: (machine) => lab.control.addRule({ path: `^PUT /folder/.*${machine}.iso`, status: 507 }),
    code: 'vsphere.upload_refused',
    says: /\[LocalDS_0\] slipway-c-\w+\/f\d+-work-1.iso cannot be written through .*: HTTP 507/,
    remedy: /not full/,
  },
  {
    what: 'that gets no CD-ROM drive',
    arrange: (machine) =>
      lab.control.addRule({ method: 'ReconfigVM_Task', object: machine, ...fails('DeviceUnsupportedForVmVersion') }),
    code: 'vsphere.task_failed',
    says: /f\d+-work-1 .*DeviceUnsupportedForVmVersion/,
    remedy: /the task task-\d+/,
  },
  {
    what: 'that cannot be powered on',
    arrange: (machine) =>
      lab.control.addRule({ method: 'PowerOnVM_Task', object: machine, ...fails('InsufficientMemoryResourcesFault') }),
    code: 'vsphere.no_resources',
    says: /power on f\d+-work-1, there is not enough CPU or memory/,
    remedy: /another cluster or resource pool/,
  },
  {
    what: 'that may not be powered on any more',
    arrange: (machine) =>
      lab.control.addRule({
        ...{ method: 'PowerOnVM_Task', object: machine },
        ...refused('VirtualMachine.Interact.PowerOn'),
      }),
    code: 'vsphere.no_permission',
    says: /power on f\d+-work-1: the privilege VirtualMachine.Interact.PowerOn is missing on VirtualMachine "f\d+-work-1"/,
    remedy: /role with VirtualMachine.Interact.PowerOn/,
  },
  {
    what: 'whose tools never report',
    timeouts: { bootMachine: 1 },
    arrange: (machine) => lab.control.silenceTools([machine]),
    code: 'vsphere.no_address',
    says: /^f\d+-work-1 did not tell .*: nothing told/,
    remedy: /open-vm-tools/,
  },
  {
    what: 'that never lets us in',
    timeouts: { bootMachine: 1 },
    options: {
      bootState: async (machine) =>
        machine.endsWith('work-1') ? { kind: 'waiting', seen: 'port 22 is closed' } : { kind: 'done' },
    },
    arrange: () => Promise.resolve(),
    code: 'provision.boot_overdue',
    says: /^f\d+-work-1 \(.*\) is powered on but did not let us in within 1 s: port 22 is closed/,
    remedy: /console/,
  },
  {
    what: 'whose boot image cannot be taken out',
    arrange: (machine) =>
      lab.control.addRule({ method: 'ReconfigVM_Task', object: machine, skip: 1, ...fails('GenericVmConfigFault') }),
    code: 'vsphere.task_failed',
    says: /f\d+-work-1/,
    remedy: /the task task-\d+/,
  },
];

describe('of three machines one', () => {
  it.each(faults)('$what is removed, the others are made, and the same command makes it later', async (one) => {
    const spec = threeMachines(one.template, one.timeouts);
    let sick = true;
    const { bootState } = one.options ?? {};
    const options: PipelineOptions = bootState
      ? { bootState: (machine, signal) => (sick ? bootState(machine, signal) : Promise.resolve({ kind: 'done' })) }
      : {};
    using pipeline = await Pipeline.open(optionsFor(lab), spec, options);
    await one.arrange(`${spec.metadata.name}-work-1`);
    const ended = await pipeline.create();
    const [failed] = failures(ended);
    const said = failures(ended).map(({ step, error }) => `${step}: ${error.cause}`);
    expect([ended.outcome, ...said]).toEqual(['failed', expect.any(String)]);
    expect(failed?.error).toMatchObject({ code: one.code });
    expect(failed?.error.cause).toMatch(one.says);
    expect(failed?.error.hint).toMatch(one.remedy);
    const machine = failed?.step.slice(failed.step.indexOf('/') + 1) ?? '';
    const others = machinesOf(spec).filter((name) => name !== machine);
    expect(others).toHaveLength(2);
    expect(warnings(ended.events).filter((text) => !text.includes('DRS is off'))).toEqual([]);
    for (const name of others)
      expect(succeeded(ended)).toEqual(expect.arrayContaining([`create-machine/${name}`, `first-boot/${name}`]));
    expect(await ours()).toMatchObject({ vms: others, folders: others, isos: [] });
    expect(pipeline.records.get(machine)).toMatchObject({ cloned: false, booted: false, placement: null });
    expect(others.map((name) => pipeline.records.get(name)?.booted)).toEqual([true, true]);
    expect(keysOf(pipeline, 'vsphere-vm')).toEqual(others);
    expect(keysOf(pipeline, 'vsphere-iso')).toEqual([]);
    sick = false;
    await continuesAndGoes(pipeline, spec);
  });
});

describe('a clone that always fails for a passing reason', () => {
  it('is tried as often as its phase says, and never for ever', async () => {
    const spec = threeMachines();
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    await lab.control.addRule({ method: 'CloneVM_Task', ...fails('TaskInProgress') });
    const ended = await pipeline.create();
    expect(failures(ended).map(({ error }) => error.code)).toEqual(['vsphere.busy', 'vsphere.busy', 'vsphere.busy']);
    expect((await lab.control.calls()).methods['CloneVM_Task']).toBe(9);
    expect(await ours()).toMatchObject({ vms: [], folders: [], rules: [] });
    await continuesAndGoes(pipeline, spec);
  });
});

describe('a machine that failed', () => {
  it('is kept for a look when its node template says so, and the same command goes on with it', async () => {
    const spec = threeMachines({ keepFailed: true });
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    const machine = `${spec.metadata.name}-work-1`;
    await lab.control.addRule({
      method: 'PowerOnVM_Task',
      object: machine,
      ...fails('InsufficientMemoryResourcesFault'),
    });
    expect((await pipeline.create()).outcome).toBe('failed');
    expect(await ours()).toMatchObject({ vms: machinesOf(spec), isos: [expect.stringContaining(`/${machine}.iso`)] });
    expect(keysOf(pipeline, 'vsphere-vm')).toEqual(machinesOf(spec));
    expect(keysOf(pipeline, 'vsphere-iso')).toEqual([machine]);
    await lab.control.reset();
    await cure();
    const again = await pipeline.create();
    expect([again.outcome, failures(again)]).toEqual(['succeeded', []]);
    expect((await lab.control.calls()).methods['CloneVM_Task']).toBeUndefined();
    await goes(pipeline);
  });

  it('before there was anything to look at is placed anew by the same command', async () => {
    const spec = threeMachines({ keepFailed: true });
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    await lab.control.addRule({ method: 'CloneVM_Task', times: 1, ...fails('NoDiskSpace') });
    const ended = await pipeline.create();
    const machine = failures(ended)[0]?.step.split('/')[1] ?? '';
    expect(pipeline.records.get(machine)).toMatchObject({ cloned: false, placement: null });
    await continuesAndGoes(pipeline, spec);
  });
});

describe('a machine from a content library', () => {
  it('that was deployed and could not be configured is removed too, and made by the same command', async () => {
    await using vcenter = await openVcenter(lab);
    const { places, vms } = openInventory(vcenter);
    const { pools, datastores, folders } = await places(signal);
    const [source] = byNameOrPath(await vms(signal), machineTemplate.path);
    const [pool] = byNameOrPath(pools, '/DC0/host/DC0_C0/Resources');
    const [datastore] = byNameOrPath(datastores, localDatastore);
    const [folder] = byNameOrPath(folders, '/DC0/vm');
    if (!source || !pool || !datastore || !folder) throw new Error('The inventory of the lab is another one.');
    const library = await makeLibrary(vcenter, 'images', datastore.ref);
    await makeOvf(vcenter, library, 'debian');
    await remember();
    const spec = threeMachines({ source: { library: 'images', item: 'debian' } });
    const machine = `${spec.metadata.name}-work-1`;
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    await lab.control.addRule({ method: 'ReconfigVM_Task', object: machine, ...fails('GenericVmConfigFault') });
    const ended = await pipeline.create();
    expect(failures(ended).map(({ step }) => step)).toEqual([`create-machine/${machine}`]);
    expect((await ours()).vms).toEqual(machinesOf(spec).filter((name) => name !== machine));
    await continuesAndGoes(pipeline, spec);
  });
});
