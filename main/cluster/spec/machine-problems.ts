import type { SlipwayError } from '#shared/errors/define.ts';
import { specErrors } from '#shared/errors/spec.ts';
import { Role, type MachineSpec } from '#shared/spec/cluster.ts';
import { parseIpv4 } from '../network/cidr.ts';

/** Names, addresses and roles of the machines. */
export function machineProblems(machines: readonly MachineSpec[]): readonly SlipwayError[] {
  return [
    ...duplicates(machines, 'name', ({ name }) => name),
    // Two machines behind one address translation differ by their SSH port.
    ...duplicates(machines, 'address', ({ address, port }) => `${address} ${port ?? ''}`),
    ...internalAddressProblems(machines),
    ...duplicateRoles(machines),
    ...missingRoles(machines),
  ];
}

function duplicates(
  machines: readonly MachineSpec[],
  key: 'name' | 'address',
  identity: (machine: MachineSpec) => string,
): readonly SlipwayError[] {
  return machines.flatMap((machine, index) => {
    const first = machines.findIndex((other) => identity(other) === identity(machine));
    if (first === index) return [];
    const other = `spec.machines[${first}] ("${machines[first]?.name ?? ''}")`;
    return [specErrors.duplicate({ field: `spec.machines[${index}].${key}`, value: machine[key], other })];
  });
}

function internalAddressProblems(machines: readonly MachineSpec[]): readonly SlipwayError[] {
  const internal = machines.map((machine) => machine.internalAddress ?? machine.address);
  return internal.flatMap((address, index) => {
    const field = `spec.machines[${index}].internalAddress`;
    if (parseIpv4(address) === undefined) {
      const remedy = `Its address is the name "${address}", so add internalAddress: the IPv4 address by which the other machines reach it.`;
      return [specErrors.missing_key({ field, remedy })];
    }
    const first = internal.indexOf(address);
    if (first === index) return [];
    // Equal addresses with equal ports were reported as such already.
    const [a, b] = [machines[first], machines[index]];
    if (a?.address === b?.address && a?.port === b?.port) return [];
    return [specErrors.duplicate({ field, value: address, other: `spec.machines[${first}] ("${a?.name ?? ''}")` })];
  });
}

function duplicateRoles(machines: readonly MachineSpec[]): readonly SlipwayError[] {
  return machines.flatMap(({ roles }, index) => {
    const twice = roles.find((role, position) => roles.indexOf(role) !== position);
    const field = `spec.machines[${index}].roles`;
    return twice ? [specErrors.duplicate({ field, value: twice, other: 'the same list' })] : [];
  });
}

function missingRoles(machines: readonly MachineSpec[]): readonly SlipwayError[] {
  return Role.options
    .filter((role) => !machines.some(({ roles }) => roles.includes(role)))
    .map((role) => specErrors.role_missing({ field: 'spec.machines', role }));
}
