import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, refOf } from '../client/answer.ts';
import type { Ref } from '../client/reference.ts';
import type { Vcenter } from '../client/vcenter.ts';

/** A VM by the key we gave it, wherever it was moved and however it was renamed. 1 call. */
export async function findVmRef(vcenter: Vcenter, instanceUuid: string, signal: AbortSignal): Promise<Ref | undefined> {
  const args = { uuid: instanceUuid, vmSearch: true, instanceUuid: true };
  const call = { method: 'FindByUuid', target: vcenter.content.searchIndex, args, what: 'look for a VM' };
  return refOf(child(await vcenter.call(call, signal), 'returnval'));
}

/** @throws `vsphere.not_found` */
export async function vmRef(vcenter: Vcenter, what: string, instanceUuid: string, signal: AbortSignal): Promise<Ref> {
  const found = await findVmRef(vcenter, instanceUuid, signal);
  if (!found) throw vsphereErrors.not_found({ what, object: `the VM with the instance UUID ${instanceUuid}` });
  return found;
}
