import type { Finding } from '#main/cluster/vsphere-port.ts';
import { children, items, textOf } from '../client/answer.ts';
import type { ObjectProperties } from '../client/property-filter.ts';
import { refKey, type Ref } from '../client/reference.ts';
import { listObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { plainName } from '../inventory/paths.ts';
import { stop } from './finding.ts';
import { isOurs } from './our-annotation.ts';

/** A VM with an address that a machine is to get. */
export interface AddressInUse {
  readonly address: string;
  readonly vm: Ref;
  readonly name: string;
}

/**
 * The VMs of the whole vCenter whose VMware tools report one of these addresses. 3 calls, and one more for each 250 VMs;
 * none when no address is asked for.
 */
export async function findAddressesInUse(
  vcenter: Vcenter,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly AddressInUse[]> {
  if (wanted.size === 0) return [];
  const sets = [{ type: 'VirtualMachine', paths: ['name', 'guest.ipAddress', 'guest.net'] }];
  const found = await listObjects(
    vcenter,
    { what: 'look for addresses in use', sets },
    ({ ref, values }) => {
      const name = plainName(textOf(values.get('name')) ?? ref.id);
      const used = guestAddresses(values).filter((address) => wanted.has(address));
      return used.length === 0 ? undefined : used.map((address) => ({ address, vm: ref, name }));
    },
    signal,
  );
  return found.flat();
}

function guestAddresses(values: ObjectProperties['values']): readonly string[] {
  const ofNics = items(values.get('guest.net') ?? {}).flatMap((nic) => children(nic, 'ipAddress').map(textOf));
  const all = [textOf(values.get('guest.ipAddress')), ...ofNics].filter((address) => address !== undefined);
  return [...new Set(all)].filter((address) => address !== '');
}

/**
 * @param machines Address and name of what is to be made. A VM of ours that has the name of the machine is the machine.
 * @param annotations Of the VMs in use, by `refKey`.
 */
export function addressesFree(
  machines: readonly { readonly name: string; readonly address: string }[],
  inUse: readonly AddressInUse[],
  annotations: ReadonlyMap<string, string>,
): readonly Finding[] {
  return machines.flatMap(({ name, address }) =>
    inUse
      .filter((one) => one.address === address)
      .filter((one) => !(one.name === name && isOurs(annotations.get(refKey(one.vm)) ?? '')))
      .map((one) =>
        stop(
          `machine ${name}`,
          `the address ${address} that it would get is in use by the VM ${one.name} (${one.vm.id}).`,
          'Take the address out of the range of the template, or give that VM another one.',
        ),
      ),
  );
}
