import { hasCode } from '#shared/errors/define.ts';
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
  /** When we last saw it: somebody may have renamed it since. */
  readonly name: string;
}

/**
 * Which VM has which instance UUID, as seen before. A VM keeps its reference as long as it is registered; one that is
 * registered anew gets another one, so that what is known is never the last word on whether a VM is there.
 */
export class KnownVms {
  readonly #vcenter: Vcenter;
  readonly #known = new Map<string, NamedVm>();

  constructor(vcenter: Vcenter) {
    this.#vcenter = vcenter;
  }

  get(instanceUuid: string): NamedVm | undefined {
    return this.#known.get(instanceUuid);
  }

  seen(instanceUuid: string, { ref, name }: NamedVm): void {
    this.#known.set(instanceUuid, { ref, name });
  }

  forget(instanceUuid: string): void {
    this.#known.delete(instanceUuid);
  }

  /**
   * Does work on a VM; 2 calls for one that was not seen before. Where something is not found, the VM is looked for
   * again, and the work is done again on another reference.
   * @throws `vsphere.not_found` for the VM, and what the work throws.
   */
  async use<T>(what: string, instanceUuid: string, work: (vm: NamedVm) => Promise<T>, signal: AbortSignal): Promise<T> {
    const known = this.#known.get(instanceUuid);
    if (!known) return await work(await this.#look(what, instanceUuid, signal));
    try {
      return await work(known);
    } catch (error) {
      if (!hasCode(error, 'vsphere.not_found')) throw error;
      const now = await this.#look(what, instanceUuid, signal);
      if (now.ref.id === known.ref.id) throw error;
      return await work(now);
    }
  }

  async #look(what: string, instanceUuid: string, signal: AbortSignal): Promise<NamedVm> {
    this.#known.delete(instanceUuid);
    const ref = await findVmRef(this.#vcenter, instanceUuid, signal);
    const sets = [{ type: 'VirtualMachine', paths: ['name'] }];
    const [found] = ref ? await readObjects(this.#vcenter, what, [ref], sets, signal) : [];
    if (!ref || !found) {
      throw vsphereErrors.not_found({ what, object: `the VM with the instance UUID ${instanceUuid}` });
    }
    const vm = { ref, name: plainName(textOf(found.values.get('name')) ?? ref.id) };
    this.#known.set(instanceUuid, vm);
    return vm;
  }
}
