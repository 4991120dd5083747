import { booleanOf, refOf, textOf } from '../client/answer.ts';
import { listObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import type { Vm } from './choices.ts';
import { plainName, type Tree } from './paths.ts';
import { byPath } from './read-places.ts';

/** Few, because each is sent once per VM. What else there is to know of a VM is read when it was chosen. */
const paths = ['name', 'parent', 'parentVApp', 'config.template', 'config.guestId', 'runtime.powerState', 'snapshot'];

/**
 * Templates and VMs. 3 calls, and one more for each 250 of them; about 1 KB of XML for each.
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
        guestId: textOf(values.get('config.guestId')) ?? '',
        poweredOn: textOf(values.get('runtime.powerState')) === 'poweredOn',
        snapshot: values.has('snapshot'),
      };
    },
    signal,
  );
  return byPath(vms);
}
