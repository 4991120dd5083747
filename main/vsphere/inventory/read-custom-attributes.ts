import { child, items, numberOf, textAt } from '../client/answer.ts';
import { readObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import type { CustomAttribute } from './choices.ts';

/** Those that a VM can have, by name. One call; none where the server has no custom attributes (a single ESXi host). */
export async function readCustomAttributes(vcenter: Vcenter, signal: AbortSignal): Promise<readonly CustomAttribute[]> {
  const manager = vcenter.content.customFieldsManager;
  if (!manager) return [];
  const sets = [{ type: manager.type, paths: ['field'] }];
  const [found] = await readObjects(vcenter, 'list the custom attributes', [manager], sets, signal);
  return items(found?.values.get('field') ?? {})
    .flatMap((field) => {
      const key = numberOf(child(field, 'key'));
      const name = textAt(field, 'name');
      const type = textAt(field, 'managedObjectType') ?? '';
      // Without a type, or for all entities, it is called global.
      const onVms = type === 'VirtualMachine';
      if (key === undefined || name === undefined || !(onVms || type === '' || type === 'ManagedEntity')) return [];
      return [{ key, name, onlyVms: onVms }];
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
