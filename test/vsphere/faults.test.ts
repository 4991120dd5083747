import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '#shared/run/events.ts';
import type { ClusterSpec, Timeouts } from '#shared/spec/cluster.ts';
import type { NodeTemplateInput } from '#shared/spec/node-template.ts';
import type { Rule, Snapshot } from '#test/lab/vcenter/control.ts';
import { LabVcenter, machineTemplate } from '#test/lab/vcenter/vcenter.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { byNameOrPath } from '#main/vsphere/inventory/search.ts';
import type { KilledInput } from './killed-child.ts';
import { makeLibrary, makeOvf } from './library-scene.ts';
import { openVcenter, optionsFor, signal } from './open.ts';
import { newHome, Pipeline, specOfPools, type Ended, type PipelineOptions } from './pipeline.ts';

let lab: LabVcenter;
let before: Snapshot;
let made = 0;

beforeAll(async () => {
  lab = await LabVcenter.start();
});
beforeEach(async () => {
  before = await lab.snapshot();
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});
afterEach(async () => {
  const { invalid } = await lab.control.calls();
  await cure();
  await lab.control.reset();
  expect(invalid).toEqual([]);
});

const localDatastore = '/DC0/datastore/LocalDS_0';
const tooLittle = 2 * 2 ** 30;

/** The cause of every fault is gone. */
async function cure(): Promise<void> {
  await lab.control.clearRules();
  await lab.control.silenceTools([]);
  await lab.control.restorePrivileges();
  const full = (await lab.snapshot()).freeBytes[localDatastore] === tooLittle;
  if (full) await lab.control.setFreeSpace('LocalDS_0', before.freeBytes[localDatastore] ?? 0);
}

/** One that is etcd and control plane, two workers. */
function threeMachines(template: Partial<NodeTemplateInput> = {}, timeouts: Partial<Timeouts> = {}): ClusterSpec {
  made += 1;
  const pools = [
    { name: 'main', template: 'small', count: 1, roles: ['etcd' as const, 'controlplane' as const] },
    { name: 'work', template: 'small', count: 2, roles: ['worker' as const] },
  ];
  const spec = specOfPools(`f${String(made)}`, pools, template);
  return { ...spec, spec: { ...spec.spec, timeouts: { ...spec.spec.timeouts, ...timeouts } } };
}

const machinesOf = ({ metadata: { name } }: ClusterSpec): readonly string[] =>
  ['main-1', 'work-1', 'work-2'].map((end) => `${name}-${end}`);

const failures = ({ events }: Ended) => events.flatMap((event) => (event.type === 'step.failed' ? [event] : []));
const succeeded = ({ events }: Ended): readonly string[] =>
  events.flatMap((event) => (event.type === 'step.succeeded' ? [event.step] : []));

/** What there is now and was not there before. */
async function ours() {
  const now = await lab.snapshot();
  const known = new Set(before.vms.map(({ path }) => path));
  const files = (snapshot: Snapshot) =>
    Object.entries(snapshot.files).flatMap(([datastore, names]) => names.map((name) => `${datastore} ${name}`));
  const knownFiles = new Set(files(before));
  return {
    vms: now.vms.filter(({ path }) => !known.has(path)).map(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
    /** Folders that hold files, by name: a machine's is called as it is. */
    folders: [
      ...new Set(
        files(now)
          .filter((file) => !knownFiles.has(file))
          .map((file) => file.split(' ')[1]?.split('/')[0] ?? ''),
      ),
    ],
    isos: files(now).filter((file) => file.endsWith('.iso')),
    rules: Object.values(now.rules).flat(),
  };
}

/** The same command again, when the cause is gone, and then everything is taken back. */
async function continuesAndGoes(pipeline: Pipeline, spec: ClusterSpec): Promise<void> {
  await cure();
  const again = await pipeline.create();
  expect([again.outcome, failures(again)]).toEqual(['succeeded', []]);
  const all = machinesOf(spec);
  const there = await ours();
  expect(there).toMatchObject({ vms: all, isos: [] });
  expect(there.rules).toEqual([expect.stringContaining(`: apart ${all.slice(1).join(', ')}`)]);
  await goes(pipeline);
}

async function goes(pipeline: Pipeline): Promise<void> {
  const gone = await pipeline.remove();
  expect([gone.outcome, failures(gone)]).toEqual(['succeeded', []]);
  expect(await lab.snapshot()).toEqual(before);
  expect([...pipeline.records]).toEqual([]);
  expect(pipeline.artefacts).toEqual([]);
}

interface Fault {
  readonly what: string;
  readonly template?: Partial<NodeTemplateInput>;
  readonly timeouts?: Partial<Timeouts>;
  readonly options?: PipelineOptions;
  /** @param machine On whom it falls, where that can be chosen. */
  readonly arrange: (machine: string) => Promise<void>;
  readonly code: string;
  /** Object and reason, in the error's sentence. */
  readonly says: RegExp;
  readonly remedy: RegExp;
}

const rule = (made: Rule) => () => lab.control.addRule(made);
const fault = (type: string, fields = {}) => ({ type, fields });
const fails = (type: string, fields = {}) => ({ task: { then: 'fail' as const, fault: fault(type, fields) } });
const refused = (privilege: string) => ({ fault: fault('NoPermission', { privilegeId: privilege }) });

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
    const [failed, ...more] = failures(ended);
    expect([ended.outcome, more]).toEqual(['failed', []]);
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

/** Rules on how vCenter as a whole behaves, and what stops the run before anything is made. */
const refusals: readonly Fault[] = [
  {
    what: 'a privilege is missing',
    arrange: () => lab.control.revoke('VirtualMachine.Interact.PowerOn'),
    code: 'provision.preflight_failed',
    says: /VirtualMachine.Interact.PowerOn/,
    remedy: /VirtualMachine.Interact.PowerOn/,
  },
  {
    what: 'the datastore is full',
    arrange: () => lab.control.setFreeSpace('LocalDS_0', tooLittle),
    code: 'provision.preflight_failed',
    says: /LocalDS_0/,
    remedy: /Free some space|another datastore/,
  },
  {
    what: 'the REST API is down',
    arrange: rule({ path: '^[A-Z]+ /rest/', status: 503 }),
    code: 'vsphere.not_ready',
    says: /HTTP 503/,
    remedy: /services/,
  },
  {
    what: 'tags may not be made',
    arrange: rule({ path: '^POST /rest/com/vmware/cis/tagging/category', status: 403 }),
    code: 'vsphere.no_permission',
    says: /InventoryService.Tagging.CreateCategory is missing on tag category slipway-cluster/,
    remedy: /role with InventoryService.Tagging.CreateCategory/,
  },
  {
    what: 'folders may not be made',
    arrange: rule({ method: 'CreateFolder', ...refused('Folder.Create') }),
    code: 'vsphere.no_permission',
    says: /make the folder \/DC0\/vm\/slipway: the privilege Folder.Create is missing on Folder "vm"/,
    remedy: /role with Folder.Create/,
  },
];

describe('no machine is begun', () => {
  it.each(refusals)(
    'while $what, and the same command makes them all later',
    async ({ arrange, code, says, remedy }) => {
      const spec = threeMachines();
      using pipeline = await Pipeline.open(optionsFor(lab), spec);
      await arrange('');
      const ended = await pipeline.create();
      const [failed, ...more] = failures(ended);
      expect([failed?.step, more, failed?.error.code]).toEqual(['prepare-access/lab', [], code]);
      const told = failed?.error.chain.length ? failed.error.chain : failed ? [failed.error] : [];
      expect(told.map(({ cause }) => cause).join('\n')).toMatch(says);
      expect(told.map(({ hint }) => hint).join('\n')).toMatch(remedy);
      expect((await lab.control.calls()).methods['CloneVM_Task']).toBeUndefined();
      expect(await ours()).toMatchObject({ vms: [], folders: [], rules: [] });
      await continuesAndGoes(pipeline, spec);
    },
  );

  it("while the name of one is taken by somebody else's VM, and that one is left alone", async () => {
    const spec = threeMachines();
    const [, taken = ''] = machinesOf(spec);
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    await lab.govc('folder.create', '/DC0/vm/slipway');
    await lab.govc('folder.create', `/DC0/vm/slipway/${spec.metadata.name}`);
    await cloneOfSomebody(taken, `/DC0/vm/slipway/${spec.metadata.name}`);
    before = await lab.snapshot();
    const ended = await pipeline.create();
    const [failed] = failures(ended);
    expect(failed?.error.code).toBe('provision.preflight_failed');
    expect(failed?.error.chain.map(({ cause }) => cause)).toEqual([
      expect.stringMatching(`machine ${taken}: its name is taken by /DC0/vm/slipway/.*, which Slipway did not make`),
    ]);
    expect(await lab.snapshot()).toEqual(before);
    await goes(pipeline);
    await lab.govc('vm.destroy', `/DC0/vm/slipway/${spec.metadata.name}/${taken}`);
    before = await lab.snapshot();
    const again = await pipeline.create().catch(() => undefined);
    expect(again?.outcome).toBe('succeeded');
    await goes(pipeline);
    for (const path of [`/DC0/vm/slipway/${spec.metadata.name}`, '/DC0/vm/slipway'])
      await lab.govc('object.destroy', path);
  });
});

function cloneOfSomebody(name: string, folder: string): Promise<string> {
  const where = ['-pool', '/DC0/host/DC0_C0/Resources', '-ds', 'LocalDS_0', '-folder', folder];
  return lab.govc('vm.clone', '-vm', '/DC0/vm/templates/debian-13', '-on=false', ...where, name);
}

const hiccups: readonly (readonly [string, () => Promise<void>])[] = [
  ['answers every call slowly', rule({ method: '*', delayMs: 15 })],
  ['restarts: 503 for a while', rule({ method: '*', skip: 40, times: 3, status: 503 })],
  ['is away for a moment: 502 from its REST API', rule({ path: '^[A-Z]+ /rest/', skip: 3, times: 2, status: 502 })],
  ['refuses an upload once', rule({ path: '^PUT /folder/', times: 1, status: 503 })],
  [
    'is busy with the machine when it is to be powered on',
    rule({ method: 'PowerOnVM_Task', times: 1, ...fails('TaskInProgress') }),
  ],
  ['has no host for a moment', rule({ method: 'CloneVM_Task', times: 1, ...fails('HostCommunication') })],
];

describe('a vCenter that', () => {
  it.each(hiccups)('%s, still makes every machine once', async (_what, arrange) => {
    const spec = threeMachines();
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    await arrange();
    const ended = await pipeline.create();
    expect([ended.outcome, failures(ended)]).toEqual(['succeeded', []]);
    expect(await ours()).toMatchObject({ vms: machinesOf(spec), isos: [] });
    await cure();
    await goes(pipeline);
  });

  it('ends our sessions again and again, still makes every machine once', async () => {
    const spec = threeMachines();
    let expiring: Promise<unknown> = Promise.resolve();
    const onEvent = ({ type }: RunEvent): void => {
      if (type === 'step.applying' || type === 'step.verifying')
        expiring = expiring.then(() => lab.control.expireSessions());
    };
    using pipeline = await Pipeline.open(optionsFor(lab), spec, { onEvent });
    const ended = await pipeline.create();
    await expiring;
    expect([ended.outcome, failures(ended)]).toEqual(['succeeded', []]);
    expect((await lab.control.calls()).logins.length).toBeGreaterThan(2);
    await goes(pipeline);
  });

  const rest = '/rest/com/vmware/cis/tagging';
  /** No more of one step at a time than it has attempts for. */
  const dropped: readonly (readonly Rule[])[] = [
    [
      ...['CreateFolder', 'CloneVM_Task', 'MakeDirectory', 'DeleteDatastoreFile_Task', 'PowerOffVM_Task'].map(onCall),
      ...[`^POST ${rest}/category$`, `^DELETE ${rest}/tag/`].map(onPath),
    ],
    [
      ...['ReconfigVM_Task', 'ReconfigureComputeResource_Task', 'Destroy_Task'].map(onCall),
      ...[`^POST ${rest}/tag$`, 'attach-multiple-tags', '^PUT /folder/', `^DELETE ${rest}/category/`].map(onPath),
    ],
    [
      ...['PowerOnVM_Task', 'WaitForUpdatesEx', 'UnregisterAndDestroy_Task'].map(onCall),
      ...['^POST /rest/com/vmware/cis/session$'].map(onPath),
    ],
  ];

  it.each(
    dropped.flatMap((some) => (['before', 'after'] as const).map((drop) => ({ drop, some, first: some[0]?.method }))),
  )('loses connections $drop $first and others, still makes and removes every machine once', async ({ drop, some }) => {
    const spec = threeMachines();
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    for (const one of some) await lab.control.addRule({ ...one, drop, times: 1 });
    const ended = await pipeline.create();
    expect([ended.outcome, failures(ended)]).toEqual(['succeeded', []]);
    expect(await ours()).toMatchObject({ vms: machinesOf(spec), isos: [] });
    expect(await untagged()).toEqual([]);
    await goes(pipeline);
  });
});

function onCall(method: string): Rule {
  return { method };
}

function onPath(path: string): Rule {
  return { path };
}

/** Machines and folders that are ours and do not say so. */
async function untagged(): Promise<readonly string[]> {
  const { categories, vms, folders } = await lab.snapshot();
  const ourTags = categories.find(({ name }) => name === 'slipway-cluster')?.tags ?? [];
  const objects = ourTags.flatMap((tag) => tag.objects);
  const wanted = [...vms.map(({ path }) => path), ...folders].filter((path) => path.startsWith('/DC0/vm/slipway'));
  return objects.length === wanted.length ? [] : [`${String(objects.length)} of ${wanted.join(', ')}`];
}

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
    before = await lab.snapshot();
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

describe('a template that is deleted', () => {
  it('in the middle of a run is named, and nothing of its machines is left', async () => {
    await cloneOfSomebody('golden', '/DC0/vm/templates');
    await lab.govc('vm.markastemplate', '/DC0/vm/templates/golden');
    const spec = threeMachines({ source: { vm: '/DC0/vm/templates/golden' } });
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    await lab.control.addRule({ method: 'CloneVM_Task', delayMs: 1000 });
    await lab.control.reset();
    const creating = pipeline.create();
    await vi.waitFor(async () => expect((await lab.control.calls()).methods['CloneVM_Task']).toBe(3), 20_000);
    await lab.govc('vm.destroy', '/DC0/vm/templates/golden');
    const ended = await creating;
    expect(failures(ended).map(({ error }) => error.code)).toEqual(
      Array.from({ length: 3 }, () => 'vsphere.not_found'),
    );
    expect(failures(ended)[0]?.error.cause).toMatch(
      /clone f\d+-\w+-\d: its source \/DC0\/vm\/templates\/golden \(vm-\d+\) is not there/,
    );
    expect(warnings(ended.events).filter((text) => !text.includes('DRS is off'))).toEqual([]);
    expect((await ours()).vms).toEqual([]);
    await cloneOfSomebody('golden', '/DC0/vm/templates');
    await lab.govc('vm.markastemplate', '/DC0/vm/templates/golden');
    await cure();
    expect((await pipeline.create()).outcome).toBe('succeeded');
    expect((await ours()).vms).toEqual(expect.arrayContaining([...machinesOf(spec)]));
    expect((await pipeline.remove()).outcome).toBe('succeeded');
    await lab.govc('vm.destroy', '/DC0/vm/templates/golden');
    expect(await lab.snapshot()).toEqual(before);
  });
});

describe('a run that is cancelled', () => {
  it.each(['CloneVM_Task', 'attach-multiple', 'PUT /folder', 'ReconfigVM_Task', 'PowerOnVM_Task', 'WaitForUpdatesEx'])(
    'while vCenter is at %s, leaves each machine finished or gone, and the same command makes the others',
    async (call) => {
      const spec = threeMachines();
      const cancel = new AbortController();
      using pipeline = await Pipeline.open(optionsFor(lab), spec);
      await lab.control.addRule(
        /_|Wait/.test(call) ? { method: call, skip: 1, delayMs: 300 } : { path: call, skip: 3, delayMs: 300 },
      );
      await lab.control.reset();
      const creating = pipeline.create(cancel.signal);
      const wanted = call.startsWith('attach') ? 4 : 2;
      await vi.waitFor(
        async () =>
          expect((await lab.control.list()).filter(({ method }) => method.includes(call)).length >= wanted).toBe(true),
        { timeout: 20_000, interval: 10 },
      );
      cancel.abort();
      const { outcome, events } = await creating;
      expect(outcome).toBe('cancelled');
      expect(warnings(events).filter((text) => !text.includes('DRS is off'))).toEqual([]);
      const booted = [...pipeline.records].filter(([, record]) => record.booted).map(([name]) => name);
      expect(await ours()).toMatchObject({ vms: booted, folders: booted, isos: [] });
      expect(keysOf(pipeline, 'vsphere-vm')).toEqual(booted);
      await continuesAndGoes(pipeline, spec);
    },
  );
});

describe('a clone that goes on in vCenter without us', () => {
  it('is waited for and removed, when the run was killed and the cluster is removed', async () => {
    const spec = threeMachines();
    await lab.control.addRule({ method: 'CloneVM_Task', times: 1, task: { percents: [30], hold: true, then: 'run' } });
    const home = await newHome();
    const killed = killedChild(spec, home);
    await vi.waitFor(async () => expect((await lab.control.calls()).methods['CloneVM_Task']).toBe(3), 20_000);
    await vi.waitFor(async () => expect((await ours()).vms).toHaveLength(2), 20_000);
    await killed();
    using pipeline = new Pipeline(optionsFor(lab), spec, home);
    await lab.control.reset();
    const removing = pipeline.remove();
    await vi.waitFor(async () => expect((await lab.control.calls()).methods['WaitForUpdatesEx']).toBeDefined(), 20_000);
    await lab.control.releaseTasks();
    const gone = await removing;
    expect([gone.outcome, failures(gone)]).toEqual(['succeeded', []]);
    expect(await lab.snapshot()).toEqual(before);
  });
});

/** A create in a process of its own. @returns what ends it by SIGKILL. */
function killedChild(spec: ClusterSpec, home: string): () => Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-child.ts')], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  const { url, caPem, user, password } = lab;
  child.stdin.end(JSON.stringify({ url, caPem, user, password, spec, home } satisfies KilledInput));
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}

describe("somebody else's things", () => {
  it('that look like ours are never touched', async () => {
    const spec = threeMachines();
    const folder = `/DC0/vm/slipway/${spec.metadata.name}`;
    for (const path of ['/DC0/vm/slipway', folder]) await lab.govc('folder.create', path);
    const theirs = [`${spec.metadata.name}-work-3`, 'theirs-a', 'theirs-b'];
    for (const name of theirs) await cloneOfSomebody(name, folder);
    await lab.govc('tags.category.create', '-m', 'slipway-cluster');
    await lab.govc('tags.create', '-c', 'slipway-cluster', 'theirs');
    await lab.govc('tags.attach', '-c', 'slipway-cluster', 'theirs', `${folder}/${spec.metadata.name}-work-3`);
    await lab.govc('datastore.mkdir', '-ds', 'LocalDS_0', '-p', 'slipway-c-other');
    await lab.govc(
      ...['cluster.rule.create', '-cluster', 'DC0_C0', '-name', 'theirs', '-enable', '-anti-affinity'],
      ...['theirs-a', 'theirs-b'],
    );
    before = await lab.snapshot();
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    await lab.control.addRule({ method: 'CloneVM_Task', times: 1, ...fails('CustomizationFault') });
    expect((await pipeline.create()).outcome).toBe('failed');
    await cure();
    expect((await pipeline.create()).outcome).toBe('succeeded');
    await goes(pipeline);
    await lab.govc('cluster.rule.remove', '-cluster', 'DC0_C0', '-name', 'theirs');
    await lab.govc('tags.category.rm', '-f', 'slipway-cluster');
    for (const name of theirs) await lab.govc('vm.destroy', `${folder}/${name}`);
    for (const path of [folder, '/DC0/vm/slipway']) await lab.govc('object.destroy', path);
    await lab.govc('datastore.rm', '-ds', 'LocalDS_0', 'slipway-c-other');
  });

  it('such as the disk of a persistent volume, are taken off a machine before it is removed, kept and named', async () => {
    const spec = threeMachines();
    using pipeline = await Pipeline.open(optionsFor(lab), spec);
    await lab.govc('datastore.mkdir', '-ds', 'LocalDS_0', '-p', 'volumes');
    before = await lab.snapshot();
    expect((await pipeline.create()).outcome).toBe('succeeded');
    const machine = `${spec.metadata.name}-work-1`;
    const vm = `/DC0/vm/slipway/${spec.metadata.name}/${machine}`;
    await lab.govc('vm.disk.create', '-vm', vm, '-ds', 'LocalDS_0', '-name', 'volumes/pvc-1', '-size', '1G');
    const { outcome, events } = await pipeline.remove();
    expect([outcome, warnings(events)]).toEqual([
      'succeeded',
      [`${machine}: the disk [LocalDS_0] volumes/pvc-1.vmdk is not ours; it was detached and kept`],
    ]);
    expect((await lab.snapshot()).files[localDatastore]).toContain('volumes/pvc-1.vmdk');
    for (const file of ['pvc-1.vmdk', 'pvc-1-flat.vmdk'])
      await lab.govc('datastore.rm', '-f', '-ds', 'LocalDS_0', `volumes/${file}`);
    // The simulator reckons free space by devices, not by files.
    expect({ ...(await lab.snapshot()), freeBytes: before.freeBytes }).toEqual(before);
    await lab.govc('datastore.rm', '-ds', 'LocalDS_0', 'volumes');
  });
});

const warnings = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'step.warning' ? [event.text] : []));

const keysOf = ({ artefacts }: Pipeline, kind: string): readonly string[] =>
  artefacts.filter((one) => one.kind === kind).map(({ key }) => key);
