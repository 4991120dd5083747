import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { refOf } from '#main/vsphere/client/answer.ts';
import { typed } from '#main/vsphere/client/envelope.ts';
import type { Ref } from '#main/vsphere/client/reference.ts';
import { runTask } from '#main/vsphere/client/tasks.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import type { Finding, PreflightRequest } from '#main/cluster/vsphere-port.ts';
import type { Places, Vm } from '#main/vsphere/inventory/choices.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { byNameOrPath } from '#main/vsphere/inventory/search.ts';
import { preflight, type PreflightWorld } from '#main/vsphere/preflight/preflight.ts';
import { openTags } from '#main/vsphere/tags/tags.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { failureOf, openVcenter, signal } from './open.ts';
import { machinePool, machines, nodeTemplate, reconfigure, setProperty } from './preflight-scene.ts';

let lab: LabVcenter;
let vcenter: Vcenter;
let places: Places;
let vms: readonly Vm[];

beforeAll(async () => {
  lab = await LabVcenter.start();
  vcenter = await openVcenter(lab);
  const inventory = openInventory(vcenter);
  places = await inventory.places(signal);
  vms = await inventory.vms(signal);
  const fit = { guestId: 'debian12_64Guest', annotation: 'Debian 12 with cloud-init' };
  // A template itself takes no changes.
  const template = vm('ubuntu-24.04');
  const asVm = { method: 'MarkAsVirtualMachine', target: template, args: { pool: place('pools', 'DC0_C0_RP1') } };
  await vcenter.call(asVm, signal);
  await reconfigure(vcenter, template, fit);
  await vcenter.call({ method: 'MarkAsTemplate', target: template }, signal);
  await lab.control.reset();
});
afterAll(async () => {
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

function vm(name: string): Ref {
  const [found] = byNameOrPath(vms, name);
  if (!found) throw new Error(`The lab has no VM ${name}.`);
  return found.ref;
}

function place(kind: keyof Places, name: string): Ref {
  const [found] = byNameOrPath<Places[keyof Places][number]>(places[kind], name);
  if (!found) throw new Error(`The lab has no ${name}.`);
  return found.ref;
}

const calm = machinePool({ antiAffinity: 'none' });

function look(
  wanted: PreflightRequest['machines'] = [machines(nodeTemplate(), { pool: calm })],
  world: Partial<PreflightWorld> = {},
  cloudProvider = false,
): Promise<readonly Finding[]> {
  const all = { vcenter, inventory: openInventory(vcenter), tags: openTags(vcenter), now: () => Date.now(), ...world };
  return preflight(all, { machines: wanted, cloudProvider }, signal);
}

const problemsOf = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ severity, subject, problem }) => `${severity}: ${subject}: ${problem}`);

describe('preflight', () => {
  it('finds nothing where nothing is wrong, and only reads', async () => {
    expect(await look()).toEqual([]);
    const { methods } = await lab.control.calls();
    const reads = /^(Retrieve|Continue|CreateContainerView|DestroyView|CurrentTime|HasPrivilege|GET |POST .*session$)/;
    expect(Object.keys(methods).filter((method) => !reads.test(method))).toEqual([]);
  });

  it('names each privilege that is missing, on what and what for', async () => {
    await lab.control.revoke('VirtualMachine.Interact.PowerOn');
    await lab.control.revoke('Network.Assign', place('networks', 'DC0_DVPG0').id);
    await lab.control.revoke('Network.Assign', place('networks', 'DC0_DVPG1').id); // not used
    await lab.control.revoke('Datastore.FileManagement', place('datastores', 'LocalDS_0').id);
    expect(await look()).toEqual([
      {
        severity: 'error',
        subject: 'folder /DC0/vm',
        problem:
          'the user administrator lacks the privilege VirtualMachine.Interact.PowerOn to make, set up, switch on and remove machines in it.',
        remedy:
          'Let a vCenter administrator give administrator a role with VirtualMachine.Interact.PowerOn on folder /DC0/vm, or on a parent with "propagate".',
      },
      expect.objectContaining({ subject: 'network /DC0/network/DC0_DVPG0' }),
      expect.objectContaining({ subject: 'datastore /DC0/datastore/LocalDS_0' }),
    ]);
  });

  it('asks for no privilege that these machines do not need', async () => {
    for (const privilege of [
      ...['Datastore.FileManagement', 'VApp.Import', 'Host.Inventory.EditCluster', 'Global.SetCustomField'],
      ...['Cns.Searchable', 'Folder.Create'],
    ]) {
      await lab.control.revoke(privilege);
    }
    const template = nodeTemplate({ bootMedia: 'guestinfo', folder: '/DC0/vm/prod%2fblue' });
    expect(await look([machines(template, { pool: calm })])).toEqual([]);
    const needing = nodeTemplate({ customAttributes: { owner: 'me' } });
    const findings = await look([machines(needing, { pool: machinePool({ count: 1 }) })], {}, true);
    const missing = problemsOf(findings).map((problem) => /lacks the privileges? (\S+)/.exec(problem)?.[1]);
    expect(missing.filter((privilege) => privilege !== undefined)).toEqual([
      ...['Folder.Create', 'Datastore.FileManagement', 'Host.Inventory.EditCluster', 'Global.SetCustomField'],
      ...['Datastore.FileManagement', 'Cns.Searchable'], // for the CSI driver: warnings
    ]);
  });

  it('sums up what all machines of all templates need on a datastore', async () => {
    const disks = [{ sizeGiB: 3_000, thin: false }];
    const [one, other] = ['one', 'other'].map((name) => nodeTemplate({ name, disks }));
    const names = ['demo-1', 'demo-2', 'demo-3'];
    const alone = [machines(one ?? nodeTemplate(), { pool: calm, names: names.slice(0, 1) })];
    expect(problemsOf(await look(alone))).toEqual([]);
    const both = [one, other].map((template) => machines(template ?? nodeTemplate(), { pool: calm, names }));
    expect(problemsOf(await look(both))).toEqual([
      expect.stringMatching(
        /^error: datastore \/DC0\/datastore\/LocalDS_0: 3 × one, 3 × other need 18\d{3}(\.\d)? GiB, and \d+(\.\d)? GiB are free\.$/,
      ),
    ]);
  });

  it('sees how much is free now', async () => {
    await lab.control.setFreeSpace('LocalDS_0', 3 * 2 ** 30);
    expect(await look()).toMatchObject([
      {
        severity: 'error',
        subject: 'datastore /DC0/datastore/LocalDS_0',
        problem: expect.stringContaining('3 GiB are free'),
      },
    ]);
    await lab.control.setFreeSpace('LocalDS_0', 2 ** 43);
  });

  it('finds names that are taken, and knows its own machines', async () => {
    const template = nodeTemplate({ folder: '/DC0/vm' });
    const names = ['free', 'DC0_C0_RP1_VM0', 'DC0_C0_RP1_VM1'];
    const there = names.filter((name) => byNameOrPath(vms, name).length > 0);
    const findings = await look([machines(template, { pool: calm, names })]);
    expect(findings.map(({ subject }) => subject)).toEqual(there.map((name) => `machine ${name}`));
    expect(findings[0]?.problem).toContain(`its name is taken by /DC0/vm/${there[0] ?? ''} (`);
    for (const name of there)
      await reconfigure(vcenter, vm(name), { annotation: 'A machine.\nslipway.dev/cluster: c-abcde' });
    expect(await look([machines(template, { pool: calm, names })])).toEqual([]);
    for (const name of there) await reconfigure(vcenter, vm(name), { annotation: 'a VM' });
  });

  it('finds addresses that a VM has on any of its networks', async () => {
    const nic = (...addresses: string[]) => ({ ipAddress: addresses, connected: true, deviceConfigId: 4000 });
    const net = typed('ArrayOfGuestNicInfo', { GuestNicInfo: [nic('fe80::1', '10.0.0.11'), nic('10.0.0.12')] });
    await setProperty(vcenter, vm('DC0_C0_RP1_VM0'), 'guest.net', net);
    const addresses = ['10.0.0.10', '10.0.0.12'];
    const names = ['demo-1', 'demo-2'];
    expect(await look([machines(nodeTemplate(), { pool: calm, names, addresses })])).toEqual([
      {
        severity: 'error',
        subject: 'machine demo-2',
        problem: `the address 10.0.0.12 that it would get is in use by the VM DC0_C0_RP1_VM0 (${vm('DC0_C0_RP1_VM0').id}).`,
        remedy: 'Take the address out of the range of the template, or give that VM another one.',
      },
    ]);
  });

  it('wants a snapshot for linked clones', async () => {
    const source = { vm: 'DC0_C0_RP1_VM0' };
    await reconfigure(vcenter, vm(source.vm), { guestId: 'debian12_64Guest', annotation: 'cloud-init' });
    const linked = (snapshot?: string) => [
      machines(nodeTemplate({ source, clone: 'linked', ...(snapshot ? { snapshot } : {}) }), { pool: calm }),
    ];
    expect(problemsOf(await look(linked()))).toEqual([
      'error: template small: /DC0/vm/DC0_C0_RP1_VM0 has no snapshot that linked clones can start from.',
    ]);
    const args = { name: 'golden', memory: false, quiesce: false };
    const call = { method: 'CreateSnapshot_Task', target: vm(source.vm), args };
    expect(refOf(await runTask(vcenter, call, { what: 'snapshot', withinMs: 5_000 }, signal))).toBeDefined();
    expect(await look(linked())).toEqual([]);
    expect(await look(linked('golden'))).toEqual([]);
    expect(problemsOf(await look(linked('silver')))).toEqual([
      'error: template small: /DC0/vm/DC0_C0_RP1_VM0 has no snapshot "silver". It has golden.',
    ]);
  });

  it('counts the hosts that machines can be kept apart on', async () => {
    const drs = expect.stringContaining('DRS is off in /DC0/host/DC0_C0') as string;
    const on = async (antiAffinity: 'should' | 'must', count: number) => {
      const names = Array.from({ length: count }, (_, n) => `demo-${String(n)}`);
      return problemsOf(await look([machines(nodeTemplate(), { pool: machinePool({ antiAffinity, count }), names })]));
    };
    expect(await on('must', 3)).toEqual([drs]);
    expect(await on('must', 4)).toEqual([
      'error: pool worker: its 4 machines must be on different hosts, and /DC0/host/DC0_C0 has 3 hosts for them.',
      drs,
    ]);
    expect((await on('should', 4))[0]).toMatch(/^warning: pool worker: its 4 machines should be on different hosts/);
    const host = place('hosts', 'DC0_C0_H2');
    const enter = { method: 'EnterMaintenanceMode_Task', target: host, args: { timeout: 0 } };
    await runTask(vcenter, enter, { what: 'rest', withinMs: 5_000 }, signal);
    expect(await on('must', 3)).toEqual([
      'error: pool worker: its 3 machines must be on different hosts, and /DC0/host/DC0_C0 has 2 hosts for them.',
      drs,
      'warning: host /DC0/host/DC0_C0/DC0_C0_H2: it is in maintenance mode: it gets no machines.',
    ]);
    const leave = { method: 'ExitMaintenanceMode_Task', target: host, args: { timeout: 0 } };
    await runTask(vcenter, leave, { what: 'work', withinMs: 5_000 }, signal);
  });

  it('compares the clocks', async () => {
    const at = (behindMs: number) => look(undefined, { now: () => Date.now() - behindMs });
    expect(await at(20_000)).toEqual([]);
    expect(await at(60_000)).toMatchObject([
      { severity: 'warning', problem: expect.stringContaining('60 s ahead of') },
    ]);
    expect(await at(-600_000)).toMatchObject([
      { severity: 'error', problem: expect.stringContaining('10 min behind') },
    ]);
  });

  it('finds tags and library items that are not there', async () => {
    const tags = openTags(vcenter);
    await tags.ensure({ category: 'zone', name: 'a' }, '', signal);
    const tagged = (category: string, tag: string) => nodeTemplate({ tags: [{ category, tag }] });
    expect(await look([machines(tagged('zone', 'a'), { pool: calm })])).toEqual([]);
    expect(await look([machines(tagged('zone', 'b'), { pool: calm })])).toMatchObject([
      {
        severity: 'error',
        problem: 'there is no tag "b" in the category "zone".',
        remedy: expect.stringContaining('tags a.'),
      },
    ]);
    expect(problemsOf(await look([machines(tagged('region', 'b'), { pool: calm })]))).toEqual([
      'error: template small: there is no tag category "region".',
    ]);
    const fromLibrary = nodeTemplate({ source: { library: 'images', item: 'debian-13' } });
    expect(problemsOf(await look([machines(fromLibrary, { pool: calm })]))).toEqual([
      expect.stringContaining('content library images is not there'),
    ]);
  });

  it('tells everything at once', async () => {
    await lab.control.revoke('Resource.AssignVMToPool');
    const big = nodeTemplate({ name: 'big', disks: [{ sizeGiB: 90_000, thin: false }], clone: 'linked' });
    const lost = nodeTemplate({ name: 'lost', networks: [{ network: 'DC0_DVPG9' }], datastore: 'nowhere' });
    const pool = machinePool({ antiAffinity: 'must', count: 9 });
    const findings = await look([machines(big, { pool }), machines(lost, { pool })], { now: () => 0 }, true);
    expect(findings.map(({ severity, subject }) => `${severity} ${subject}`)).toEqual([
      'error template lost',
      'error template lost',
      'error resource pool /DC0/host/DC0_C0/Resources/DC0_C0_RP1',
      'error template big',
      'error datastore /DC0/datastore/LocalDS_0',
      'error pool worker',
      `error vCenter ${vcenter.address}`,
      'warning template big',
      'warning pool worker',
      `warning vCenter ${vcenter.address}`,
    ]);
  });

  it('goes on without what vCenter does not tell in time', async () => {
    await lab.control.addRule({ method: 'HasPrivilegeOnEntities', delayMs: 5_000 });
    const began = performance.now();
    const findings = await look([machines(nodeTemplate({ diskGiB: 1 }), { pool: calm })], { withinMs: 1_500 });
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(problemsOf(findings)).toEqual([
      expect.stringContaining('cannot shrink to 1 GiB'),
      `warning: vCenter ${vcenter.address}: it did not tell in time: which privileges the user has. This was not checked.`,
    ]);
  });

  it('says once that the inventory is too slow to be read', async () => {
    await lab.control.addRule({ method: 'CreateContainerView', delayMs: 5_000 });
    expect(problemsOf(await look(undefined, { withinMs: 600 }))).toEqual([
      expect.stringContaining('it did not tell in time: the inventory of templates and places'),
    ]);
  });

  it('shows what vCenter refuses as a finding, and fails only where vCenter is not there', async () => {
    const fault = { type: 'NoPermission', fields: { privilegeId: 'System.View' } };
    await lab.control.addRule({ method: 'CurrentTime', fault });
    expect(problemsOf(await look())).toEqual([expect.stringContaining('cannot look up its clock: The user may not')]);
    await lab.control.clearRules();
    await lab.control.addRule({ method: 'CurrentTime', status: 503 });
    expect((await failureOf(look())).code).toBe('vsphere.not_ready');
  });
});

describe('a vCenter with a thousand VMs', () => {
  it('is asked the same number of times for one machine and for fifty', async () => {
    await using large = await LabVcenter.start({ vms: 1_000, hosts: 50 });
    await using session = await openVcenter(large);
    const costOf = async (count: number) => {
      const numbers = Array.from({ length: count }, (_, n) => n + 1);
      const names = numbers.map((n) => `demo-worker-${String(n)}`);
      const addresses = numbers.map((n) => `10.9.0.${String(n)}`);
      const pool = machinePool({ count, antiAffinity: 'must' });
      await large.control.reset();
      const began = performance.now();
      const inventory = openInventory(session);
      const world = { vcenter: session, inventory, tags: openTags(session), now: () => Date.now() };
      const request = { machines: [machines(nodeTemplate(), { pool, names, addresses })], cloudProvider: false };
      const findings = await preflight(world, request, signal);
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      const { requests, invalid } = await large.control.calls();
      expect(invalid).toEqual([]);
      return { requests, ms: performance.now() - began };
    };
    await costOf(1); // the REST session is opened
    const [one, fifty] = [await costOf(1), await costOf(50)];
    expect(fifty.requests).toBe(one.requests);
    expect(fifty.ms).toBeLessThan(5_000);
    console.log(
      `preflight of 50 machines, 1000 VMs: ${String(Math.round(fifty.ms))} ms, ${String(fifty.requests)} requests`,
    );
  }, 60_000);
});
