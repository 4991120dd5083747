import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { RunEvent } from '#shared/run/events.ts';
import type { ClusterSpec, Timeouts } from '#shared/spec/cluster.ts';
import type { NodeTemplateInput } from '#shared/spec/node-template.ts';
import type { Rule, Snapshot } from '#test/lab/vcenter/control.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { specOfPools, type Ended, type Pipeline, type PipelineOptions } from './pipeline.ts';

/** The vCenter of the test file that called `useLab`. */
export let lab: LabVcenter;
/** What there was before the test, or when it last remembered. */
export let before: Snapshot;
let made = 0;

/** For a test file in which faults are arranged: a vCenter of its own, healthy again after each test. */
export function useLab(): void {
  beforeAll(async () => {
    lab = await LabVcenter.start();
  });
  beforeEach(remember);
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    const { invalid } = await lab.control.calls();
    await cure();
    await lab.control.reset();
    expect(invalid).toEqual([]);
  });
}

/** What is there now is what has to be there again in the end. */
export async function remember(): Promise<void> {
  before = await lab.snapshot();
}

export const localDatastore = '/DC0/datastore/LocalDS_0';
export const tooLittle = 2 * 2 ** 30;

/** The cause of every fault is gone. */
export async function cure(): Promise<void> {
  await lab.control.clearRules();
  await lab.control.silenceTools([]);
  await lab.control.restorePrivileges();
  const full = (await lab.snapshot()).freeBytes[localDatastore] === tooLittle;
  if (full) await lab.control.setFreeSpace('LocalDS_0', before.freeBytes[localDatastore] ?? 0);
}

/** One that is etcd and control plane, two workers. */
export function threeMachines(
  template: Partial<NodeTemplateInput> = {},
  timeouts: Partial<Timeouts> = {},
): ClusterSpec {
  made += 1;
  const pools = [
    { name: 'main', template: 'small', count: 1, roles: ['etcd' as const, 'controlplane' as const] },
    { name: 'work', template: 'small', count: 2, roles: ['worker' as const] },
  ];
  const spec = specOfPools(`f${String(made)}`, pools, template);
  return { ...spec, spec: { ...spec.spec, timeouts: { ...spec.spec.timeouts, ...timeouts } } };
}

export const machinesOf = ({ metadata: { name } }: ClusterSpec): readonly string[] =>
  ['main-1', 'work-1', 'work-2'].map((end) => `${name}-${end}`);

export const failures = ({ events }: Ended) => events.flatMap((event) => (event.type === 'step.failed' ? [event] : []));
export const succeeded = ({ events }: Ended): readonly string[] =>
  events.flatMap((event) => (event.type === 'step.succeeded' ? [event.step] : []));

/** What there is now and was not there before. */
export async function ours() {
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
export async function continuesAndGoes(pipeline: Pipeline, spec: ClusterSpec): Promise<void> {
  await cure();
  const again = await pipeline.create();
  expect([again.outcome, failures(again)]).toEqual(['succeeded', []]);
  const all = machinesOf(spec);
  const there = await ours();
  expect(there).toMatchObject({ vms: all, isos: [] });
  expect(there.rules).toEqual([expect.stringContaining(`: apart ${all.slice(1).join(', ')}`)]);
  await goes(pipeline);
}

export async function goes(pipeline: Pipeline): Promise<void> {
  const gone = await pipeline.remove();
  expect([gone.outcome, failures(gone)]).toEqual(['succeeded', []]);
  expect(await lab.snapshot()).toEqual(before);
  expect([...pipeline.records]).toEqual([]);
  expect(pipeline.artefacts).toEqual([]);
}

export interface Fault {
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

export const rule = (made: Rule) => () => lab.control.addRule(made);
const fault = (type: string, fields = {}) => ({ type, fields });
export const fails = (type: string, fields = {}) => ({ task: { then: 'fail' as const, fault: fault(type, fields) } });
export const refused = (privilege: string) => ({ fault: fault('NoPermission', { privilegeId: privilege }) });

export function cloneOfSomebody(name: string, folder: string): Promise<string> {
  const where = ['-pool', '/DC0/host/DC0_C0/Resources', '-ds', 'LocalDS_0', '-folder', folder];
  return lab.govc('vm.clone', '-vm', '/DC0/vm/templates/debian-13', '-on=false', ...where, name);
}

export const warnings = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'step.warning' ? [event.text] : []));

export const keysOf = ({ artefacts }: Pipeline, kind: string): readonly string[] =>
  artefacts.filter((one) => one.kind === kind).map(({ key }) => key);
