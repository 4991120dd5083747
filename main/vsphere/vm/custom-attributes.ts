import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, children, numberOf, textAt } from '../client/answer.ts';
import type { Ref } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';

const what = 'set custom attributes';

/** Makes attributes that are not defined yet, for VMs. 1 call, and one for each attribute. */
export async function setCustomAttributes(
  vcenter: Vcenter,
  vm: Ref,
  attributes: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const wanted = Object.entries(attributes);
  if (wanted.length === 0) return;
  const target = managerOf(vcenter);
  const keys = await definedKeys(vcenter, target, signal);
  for (const [name, value] of wanted) {
    const key = keys.get(name) ?? (await define(vcenter, target, name, signal));
    await vcenter.call({ method: 'SetField', target, args: { entity: vm, key, value }, what }, signal);
  }
}

function managerOf(vcenter: Vcenter): Ref {
  const { customFieldsManager } = vcenter.content;
  if (customFieldsManager) return customFieldsManager;
  throw vsphereErrors.not_vcenter({ address: vcenter.address, reason: 'it has no custom attributes' });
}

/** Of attributes that a VM can have. */
async function definedKeys(vcenter: Vcenter, manager: Ref, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const [found] = await readObjects(vcenter, what, [manager], [{ type: manager.type, paths: ['field'] }], signal);
  const fields = found?.values.get('field');
  return new Map(
    (fields ? children(fields, 'CustomFieldDef') : []).flatMap((field) => {
      const type = textAt(field, 'managedObjectType') ?? '';
      const name = textAt(field, 'name');
      const key = numberOf(child(field, 'key'));
      const fits = type === '' || type === 'VirtualMachine' || type === 'ManagedEntity';
      return fits && name !== undefined && key !== undefined ? [[name, key] as const] : [];
    }),
  );
}

async function define(vcenter: Vcenter, target: Ref, name: string, signal: AbortSignal): Promise<number> {
  try {
    const call = { method: 'AddCustomFieldDef', target, args: { name, moType: 'VirtualMachine' }, what };
    const key = numberOf(child(await vcenter.call(call, signal), 'returnval', 'key'));
    if (key !== undefined) return key;
    throw vsphereErrors.not_vcenter({ address: vcenter.address, reason: 'it made no custom attribute' });
  } catch (error) {
    // Another machine of ours was quicker.
    const key = hasCode(error, 'vsphere.name_taken')
      ? (await definedKeys(vcenter, target, signal)).get(name)
      : undefined;
    if (key === undefined) throw error;
    return key;
  }
}
