import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '#shared/run/events.ts';
import type { ClusterSpec, Timeouts } from '#shared/spec/cluster.ts';
import type { NodeTemplateInput } from '#shared/spec/node-template.ts';
import type { Rule, Snapshot } from '#test/lab/vcenter/control.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { optionsFor } from './open.ts';
import { Pipeline, specOfPools, type Ended, type PipelineOptions } from './pipeline.ts';

let lab: LabVcenter;
let before: Snapshot;
let made = 0;

beforeAll(async () => {
  lab = await LabVcenter.start();
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

/** The cause of every fault is gone. */
async function cure(): Promise<void> {
  await lab.control.clearRules();
  await lab.control.silenceTools([]);
  await lab.control.restorePrivileges();
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
    what: 'whose template is gone meanwhile',
    arrange: rule({ method: 'CloneVM_Task', times: 1, fault: fault('ManagedObjectNotFound') }),
    code: 'vsphere.not_found',
    says: /clone f\d+-\w+-\d: .*debian-13/,
    remedy: /whether it was removed/,
  },
  {
    what: 'whose tags are refused',
    arrange: rule({ path: 'tag-association.*attach-multiple-tags', times: 1, status: 403 }),
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
        machine.endsWith('work-1') ? { kind: 'booting', seen: 'port 22 is closed' } : { kind: 'done' },
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
    expect(warnings(ended.events)).toEqual([]);
    for (const name of others) expect(succeeded(ended)).toEqual(expect.arrayContaining([`create-machine/${name}`, `first-boot/${name}`]));
    expect(await ours()).toMatchObject({ vms: others, folders: others, isos: [] });
    expect(pipeline.records.get(machine)).toMatchObject({ cloned: false, booted: false, placement: null });
    expect(others.map((name) => pipeline.records.get(name)?.booted)).toEqual([true, true]);
    expect(keysOf(pipeline, 'vsphere-vm')).toEqual(others);
    expect(keysOf(pipeline, 'vsphere-iso')).toEqual([]);
    sick = false;
    await continuesAndGoes(pipeline, spec);
  });
});

const warnings = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'step.warning' ? [event.text] : []));

const keysOf = ({ artefacts }: Pipeline, kind: string): readonly string[] =>
  artefacts.filter((one) => one.kind === kind).map(({ key }) => key);
