import type { SlipwayError } from '#shared/errors/define.ts';
import { specErrors } from '#shared/errors/spec.ts';
import { type ClusterSpec, Role, type MachineSpec } from '#shared/spec/cluster.ts';
import { parseIpv4 } from '#shared/network/cidr.ts';
import { type MachineGroup, machineGroups } from './machine-groups.ts';

/** Names, addresses and roles of the machines. */
export function machineProblems(spec: Pick<ClusterSpec['spec'], 'machines' | 'pools'>): readonly SlipwayError[] {
  const { machines } = spec;
  const groups = machineGroups(spec);
  if (groups.length === 0) {
    const remedy = 'Name machines that are there under spec.machines, or machines to be made under spec.pools.';
    return [specErrors.missing_key({ field: 'spec.machines', remedy })];
  }
  return [
    ...duplicates(machines, 'name', ({ name }) => name),
    // Two machines behind one address translation differ by their SSH port.
    ...duplicates(machines, 'address', ({ address, port }) => `${address} ${port ?? ''}`),
    ...internalAddressProblems(machines),
    ...duplicateRoles(groups),
    ...missingRoles(groups),
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

function duplicateRoles(groups: readonly MachineGroup[]): readonly SlipwayError[] {
  return groups.flatMap(({ roles, field }) => {
    const twice = roles.find((role, position) => roles.indexOf(role) !== position);
    return twice ? [specErrors.duplicate({ field: `${field}.roles`, value: twice, other: 'the same list' })] : [];
  });
}

function missingRoles(groups: readonly MachineGroup[]): readonly SlipwayError[] {
  const kinds = new Set(groups.map(({ field }) => field.replace(/\[.*/, '')));
  return Role.options
    .filter((role) => !groups.some(({ roles }) => roles.includes(role)))
    .map((role) => specErrors.role_missing({ field: [...kinds].join(' or '), role }));
}
