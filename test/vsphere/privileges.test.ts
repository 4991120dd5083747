import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { missingPrivileges, type PrivilegeNeed } from '#main/vsphere/privileges.ts';
import { requiredPrivileges } from '#main/vsphere/required-privileges.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { failureOf, openVcenter, signal } from './open.ts';

let lab: LabVcenter;
let vcenter: Vcenter;
let needs: readonly PrivilegeNeed[];

beforeAll(async () => {
  lab = await LabVcenter.start();
  vcenter = await openVcenter(lab);
  const inventory = openInventory(vcenter);
  const { folders, networks, pools } = await inventory.places(signal);
  const template = (await inventory.vms(signal)).find((vm) => vm.template);
  needs = [
    { use: 'source', object: template?.ref ?? fail() },
    { use: 'folder', object: folders[0]?.ref ?? fail() },
    { use: 'taggedFolder', object: folders[0]?.ref ?? fail() },
    { use: 'pool', object: pools[0]?.ref ?? fail() },
    ...networks.map(({ ref }) => ({ use: 'network' as const, object: ref })),
    { use: 'tags', object: vcenter.content.rootFolder },
  ];
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

function fail(): never {
  throw new Error('The inventory of the lab is another one.');
}

describe('missingPrivileges', () => {
  it('finds nothing for a user who may do everything, in one call', async () => {
    await lab.control.reset();
    expect(await missingPrivileges(vcenter, needs, signal)).toEqual([]);
    expect((await lab.control.calls()).methods).toEqual({ HasPrivilegeOnEntities: 1 });
  });

  it('names each privilege that is missing, on which object and for what use', async () => {
    const [source, folder, , , network] = needs;
    await lab.control.revoke('VirtualMachine.Interact.PowerOn');
    await lab.control.revoke('VirtualMachine.Config.Memory', folder?.object.id);
    await lab.control.revoke('Network.Assign', network?.object.id);
    await lab.control.revoke('Network.Assign', source?.object.id);
    expect(await missingPrivileges(vcenter, needs, signal)).toEqual([
      { ...folder, privileges: ['VirtualMachine.Config.Memory', 'VirtualMachine.Interact.PowerOn'] },
      { ...network, privileges: ['Network.Assign'] },
    ]);
  });

  it('asks in another way when this vCenter does not know one of the privileges', async () => {
    const fault = { type: 'InvalidArgument', fields: { invalidProperty: 'privId' } };
    await lab.control.addRule({ method: 'HasPrivilegeOnEntities', fault });
    const missing = await missingPrivileges(vcenter, needs, signal);
    // The simulator's administrator is one of vSphere 6.5, which had fewer privileges.
    expect(missing.filter(({ use }) => use !== 'tags' && use !== 'taggedFolder')).toEqual([]);
    expect((await lab.control.calls()).methods['FetchUserPrivilegeOnEntities']).toBe(1);
  });

  it('asks again with the new key when the session has ended', async () => {
    await lab.control.expireSessions();
    expect(await missingPrivileges(vcenter, needs, signal)).toEqual([]);
  });

  it('says which object is gone', async () => {
    const gone: PrivilegeNeed = { use: 'folder', object: { type: 'Folder', id: 'group-v9999' } };
    const error = await failureOf(missingPrivileges(vcenter, [...needs, gone], signal));
    expect(error).toMatchObject({ code: 'vsphere.not_found', params: { object: 'Folder group-v9999' } });
  });
});

describe('the table of privileges', () => {
  it('has privileges that vCenter knows', async () => {
    const fault = { type: 'InvalidArgument', fields: { invalidProperty: 'privId' } };
    await lab.control.addRule({ method: 'HasPrivilegeOnEntities', fault });
    const all = Object.keys(requiredPrivileges) as (keyof typeof requiredPrivileges)[];
    const object = vcenter.content.rootFolder;
    const missing = await missingPrivileges(
      vcenter,
      all.map((use) => ({ use, object })),
      signal,
    );
    const unknown = new Set(missing.flatMap(({ privileges }) => privileges));
    // Of services beside vpxd, which the simulator's list of 6.5 leaves out.
    const beside = ['InventoryService.Tagging.', 'ContentLibrary.', 'Cns.'];
    expect([...unknown].filter((privilege) => !beside.some((start) => privilege.startsWith(start)))).toEqual([]);
  });
});
