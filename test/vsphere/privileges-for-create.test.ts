import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Vcenter } from '#main/vsphere/client/vcenter.ts';
import { openInventory } from '#main/vsphere/inventory/inventory.ts';
import { privilegesForCreate } from '#main/vsphere/privileges-for-create.ts';
import { LabVcenter } from '#test/lab/vcenter/vcenter.ts';
import { openVcenter, signal } from './open.ts';

let lab: LabVcenter;
let vcenter: Vcenter;

beforeAll(async () => {
  lab = await LabVcenter.start();
  vcenter = await openVcenter(lab);
});
afterAll(async () => {
  await vcenter[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});
afterEach(async () => {
  await lab.control.restorePrivileges();
});

const missing = async () => {
  const found = await privilegesForCreate(vcenter, openInventory(vcenter), signal);
  return found.missing.map(({ privilege, object }) => `${privilege} on ${object}`);
};

describe('the privileges for making clusters', () => {
  it('are all there for an administrator, in one call and without reading the inventory', async () => {
    await vcenter.session(signal);
    await lab.control.reset();
    const { user, missing: lacking } = await privilegesForCreate(vcenter, openInventory(vcenter), signal);
    expect([user, lacking]).toEqual([expect.stringContaining('dministrator'), []]);
    expect((await lab.control.calls()).methods).toEqual({ HasPrivilegeOnEntities: 1 });
  });

  it('are named where the user has them nowhere, with what they are for', async () => {
    await lab.control.revoke('VirtualMachine.Interact.PowerOn');
    await lab.control.revoke('InventoryService.Tagging.CreateTag');
    const { missing: lacking } = await privilegesForCreate(vcenter, openInventory(vcenter), signal);
    expect(lacking).toEqual([
      {
        privilege: 'InventoryService.Tagging.CreateTag',
        object: 'the root folder of the vCenter',
        purpose: expect.stringContaining('tags'),
      },
      {
        privilege: 'VirtualMachine.Interact.PowerOn',
        object: 'the folder of the machines',
        purpose: expect.any(String),
      },
    ]);
  });

  it('need not be on the root folder: one object of the kind is enough', async () => {
    const root = vcenter.content.rootFolder.id;
    for (const privilege of ['Network.Assign', 'Datastore.FileManagement', 'Resource.AssignVMToPool']) {
      await lab.control.revoke(privilege, root);
    }
    expect(await missing()).toEqual([]);
    for (const { ref } of (await openInventory(vcenter).places(signal)).networks) {
      await lab.control.revoke('Network.Assign', ref.id);
    }
    expect(await missing()).toEqual(['Network.Assign on the network']);
  });
});
