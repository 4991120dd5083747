import { describe, expect, it } from 'vitest';
import { ref, type Ref } from '#main/vsphere/client/reference.ts';
import { plainName, Tree, type Entity } from '#main/vsphere/inventory/paths.ts';

const root: Ref = ref('Folder', 'group-d1');
const entity = (type: string, id: string, rawName: string, parent = root): Entity => ({
  ref: ref(type, id),
  rawName,
  parent,
});

describe('a path', () => {
  it('goes through folders above the datacenter, and knows the datacenter', () => {
    const above = entity('Folder', 'f1', 'Europe');
    const datacenter = entity('Datacenter', 'dc1', 'DC', above.ref);
    const vms = entity('Folder', 'f2', 'vm', datacenter.ref);
    const tree = new Tree([vms, datacenter, above], root);
    expect(tree.placeOf(entity('VirtualMachine', 'vm-1', 'a%2fb', vms.ref))).toEqual({
      path: '/Europe/DC/vm/a%2fb',
      datacenter: datacenter.ref,
    });
  });

  it('begins at what the user may see', () => {
    const hidden = entity('VirtualMachine', 'vm-1', 'node-1', ref('Folder', 'secret'));
    expect(new Tree([], root).placeOf(hidden)).toEqual({ path: '/node-1', datacenter: undefined });
  });

  it('has escaped names, and people see them plain', () => {
    expect(['a%2fb', 'a%2Fb', '100%25', 'x%5cy', '%20'].map(plainName)).toEqual(['a/b', 'a/b', '100%', 'x\\y', '%20']);
  });
});
