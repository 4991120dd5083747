import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, refOf, textOf } from '../client/answer.ts';
import type { Ref } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { plainName } from '../inventory/paths.ts';

/** A VM by the key we gave it, wherever it was moved and however it was renamed. 1 call. */
export async function findVmRef(vcenter: Vcenter, instanceUuid: string, signal: AbortSignal): Promise<Ref | undefined> {
  const args = { uuid: instanceUuid, vmSearch: true, instanceUuid: true };
  const call = { method: 'FindByUuid', target: vcenter.content.searchIndex, args, what: 'look for a VM' };
  return refOf(child(await vcenter.call(call, signal), 'returnval'));
}

/** As a person knows it, for tasks on it: their faults name no object. */
export interface NamedVm {
  readonly ref: Ref;
  readonly name: string;
}

/** 2 calls. @throws `vsphere.not_found` */
export async function namedVm(
  vcenter: Vcenter,
  what: string,
  instanceUuid: string,
  signal: AbortSignal,
): Promise<NamedVm> {
  const ref = await findVmRef(vcenter, instanceUuid, signal);
  const sets = [{ type: 'VirtualMachine', paths: ['name'] }];
  const [found] = ref ? await readObjects(vcenter, what, [ref], sets, signal) : [];
  if (ref && found) return { ref, name: plainName(textOf(found.values.get('name')) ?? ref.id) };
  throw vsphereErrors.not_found({ what, object: `the VM with the instance UUID ${instanceUuid}` });
}
