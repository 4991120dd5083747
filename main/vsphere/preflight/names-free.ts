import type { Finding } from '#main/cluster/vsphere-port.ts';
import { textOf } from '../client/answer.ts';
import { refKey } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import type { Vm } from '../inventory/choices.ts';
import { stop } from './finding.ts';
import { isOurs } from './our-annotation.ts';

export interface WantedName {
  readonly name: string;
  readonly folderPath: string;
}

/** A VM that has the name of a machine that is to be made. */
export interface TakenName {
  readonly name: string;
  readonly vm: Pick<Vm, 'ref' | 'path'>;
}

/** Names are free where no VM of the same folder has one; vCenter does not mind case. */
export function takenNames(wanted: readonly WantedName[], vms: readonly Vm[]): readonly TakenName[] {
  const byPath = new Map(vms.map((vm) => [vm.path.toLowerCase(), vm]));
  return wanted.flatMap(({ name, folderPath }) => {
    const vm = byPath.get(`${folderPath}/${name}`.toLowerCase());
    return vm ? [{ name, vm }] : [];
  });
}

/** @param annotations By `refKey`. A VM that we made is what a machine continues with, so its name is free. */
export function namesFree(taken: readonly TakenName[], annotations: ReadonlyMap<string, string>): readonly Finding[] {
  return taken
    .filter(({ vm }) => !isOurs(annotations.get(refKey(vm.ref)) ?? ''))
    .map(({ name, vm }) =>
      stop(
        `machine ${name}`,
        `its name is taken by ${vm.path} (${vm.ref.id}), which Slipway did not make.`,
        'Choose another folder or host name rule, or rename or remove that VM in vCenter.',
      ),
    );
}

/** The notes of VMs, by `refKey`. One call, and none for no VM. */
export async function readAnnotations(
  vcenter: Vcenter,
  vms: readonly Pick<Vm, 'ref'>[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const refs = vms.map(({ ref }) => ref);
  const sets = [{ type: 'VirtualMachine', paths: ['config.annotation'] }];
  const read = await readObjects(vcenter, 'look at VMs of the same name', refs, sets, signal);
  return new Map(read.map(({ ref, values }) => [refKey(ref), textOf(values.get('config.annotation')) ?? '']));
}
