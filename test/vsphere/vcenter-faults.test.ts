import { describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '#shared/run/events.ts';
import type { Rule } from '#test/lab/vcenter/control.ts';
import {
  before,
  cloneOfSomebody,
  continuesAndGoes,
  cure,
  fails,
  failures,
  goes,
  lab,
  machinesOf,
  ours,
  refused,
  remember,
  rule,
  threeMachines,
  tooLittle,
  useLab,
  warnings,
  type Fault,
} from './fault-scene.ts';
import { optionsFor } from './open.ts';
import { Pipeline } from './pipeline.ts';

useLab();

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
    await remember();
    const ended = await pipeline.create();
    const [failed] = failures(ended);
    expect(failed?.error.code).toBe('provision.preflight_failed');
    expect(failed?.error.chain.map(({ cause }) => cause)).toEqual([
      expect.stringMatching(`machine ${taken}: its name is taken by /DC0/vm/slipway/.*, which Slipway did not make`),
    ]);
    expect(await lab.snapshot()).toEqual(before);
    await goes(pipeline);
    await lab.govc('vm.destroy', `/DC0/vm/slipway/${spec.metadata.name}/${taken}`);
    await remember();
    const again = await pipeline.create().catch(() => undefined);
    expect(again?.outcome).toBe('succeeded');
    await goes(pipeline);
    for (const path of [`/DC0/vm/slipway/${spec.metadata.name}`, '/DC0/vm/slipway'])
      await lab.govc('object.destroy', path);
  });
});

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
