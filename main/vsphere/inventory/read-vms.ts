import { hasCode } from '#shared/errors/define.ts';
import { booleanOf, refOf, textOf } from '../client/answer.ts';
import type { Ref } from '../client/reference.ts';
import { listObjects, pageSize, readObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import type { Vm, VmDetails } from './choices.ts';
import { plainName, type Tree } from './paths.ts';
import { byPath } from './read-places.ts';

/** Few, because each is sent once per VM. What else there is to know of one is read when it is looked at. */
const paths = ['name', 'parent', 'parentVApp', 'config.template'];

/**
 * Templates and VMs. 3 calls, and one more for each 250 of them; about half a KB of XML for each.
 */
export async function readVms(vcenter: Vcenter, tree: Tree, signal: AbortSignal): Promise<readonly Vm[]> {
  const sets = [{ type: 'VirtualMachine', paths }];
  const vms = await listObjects<Vm>(
    vcenter,
    { what: 'list templates and VMs', sets },
    ({ ref, values }) => {
      // A VM that is just being made has no name yet, and one that vCenter has lost sight of no config.
      const rawName = textOf(values.get('name'));
      if (rawName === undefined) return undefined;
      // A VM in a vApp has no folder.
      const parent = refOf(values.get('parent')) ?? refOf(values.get('parentVApp'));
      return {
        ref,
        name: plainName(rawName),
        ...tree.placeOf({ ref, rawName, parent }),
        template: booleanOf(values.get('config.template')) ?? false,
      };
    },
    signal,
  );
  return byPath(vms);
}

const detailSets = [{ type: 'VirtualMachine', paths: ['config.guestId', 'runtime.powerState', 'snapshot'] }];

/** By managed object id; without those that are gone. One call for each 250. */
export async function readVmDetails(
  vcenter: Vcenter,
  vms: readonly Ref[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, VmDetails>> {
  const known = new Map<string, VmDetails>();
  for (let from = 0; from < vms.length; from += pageSize) {
    for (const { ref, values } of await readThoseThere(vcenter, vms.slice(from, from + pageSize), signal)) {
      known.set(ref.id, {
        guestId: textOf(values.get('config.guestId')) ?? '',
        poweredOn: textOf(values.get('runtime.powerState')) === 'poweredOn',
        snapshot: values.has('snapshot'),
      });
    }
  }
  return known;
}

/** vCenter refuses the whole question when one of them has been removed since it was listed: halves find which. */
async function readThoseThere(
  vcenter: Vcenter,
  vms: readonly Ref[],
  signal: AbortSignal,
): ReturnType<typeof readObjects> {
  try {
    return await readObjects(vcenter, 'look at templates and VMs', vms, detailSets, signal);
  } catch (error) {
    if (!hasCode(error, 'vsphere.not_found')) throw error;
    if (vms.length === 1) return [];
    const half = Math.ceil(vms.length / 2);
    const first = await readThoseThere(vcenter, vms.slice(0, half), signal);
    return [...first, ...(await readThoseThere(vcenter, vms.slice(half), signal))];
  }
}
