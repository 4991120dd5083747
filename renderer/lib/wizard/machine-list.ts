import type { ClusterSpec, MachineSpecInput, Role } from '#shared/spec/cluster.ts';
import type { MachinePool } from '#shared/spec/node-template.ts';

/** A machine as the topology draws it. */
export interface WishedMachine {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly pool?: string;
  readonly address?: string;
}

/** Given machines and those to be made, by their future names. */
export function wishedMachines({ metadata, spec }: ClusterSpec): readonly WishedMachine[] {
  const given = spec.machines.map(({ name, roles, address }) => ({ name, roles, address }));
  return [...given, ...spec.pools.flatMap((pool) => poolMachines(metadata.name, pool))];
}

/** As main/cluster/provision names them: `{n}` counts from 1. */
function poolMachines(cluster: string, pool: MachinePool): readonly WishedMachine[] {
  return Array.from({ length: pool.count }, (_, index) => ({
    name: pool.hostname
      .replaceAll('{cluster}', cluster)
      .replaceAll('{pool}', pool.name)
      .replaceAll('{n}', String(index + 1)),
    roles: pool.roles,
    pool: pool.name,
  }));
}

const roleWords: Readonly<Record<string, Role>> = {
  etcd: 'etcd',
  controlplane: 'controlplane',
  'control-plane': 'controlplane',
  master: 'controlplane',
  worker: 'worker',
};

/**
 * Machines from pasted lines: `address`, `name address` or `name address roles`, apart by blanks, commas or tabs. A line
 * without roles gets them by its place: the first machine of the cluster everything, all others the role worker.
 * @param known those that are there already; a line with the address of one of them is left out.
 */
export function machinesOfLines(text: string, known: readonly MachineSpecInput[]): MachineSpecInput[] {
  const machines = [...known];
  for (const line of text.split('\n')) {
    const words = line
      .split('#', 1)
      .join('')
      .split(/[\s,;+|]+/)
      .filter((word) => word !== '');
    const roles = words.flatMap((word) => roleWords[word.toLowerCase()] ?? []);
    const [first, second] = words.filter((word) => !(word.toLowerCase() in roleWords));
    const address = second ?? first;
    if (first === undefined || address === undefined || machines.some((one) => one.address === address)) continue;
    machines.push({
      name: second === undefined ? freeMachineName(machines) : first.toLowerCase(),
      address,
      roles: roles.length > 0 ? roles : defaultRoles(machines),
    });
  }
  return machines;
}

/** One more, to be filled in. */
export function withMachine(machines: readonly MachineSpecInput[]): MachineSpecInput[] {
  return [...machines, { name: freeMachineName(machines), address: '', roles: defaultRoles(machines) }];
}

function defaultRoles(machines: readonly MachineSpecInput[]): Role[] {
  return machines.length === 0 ? ['etcd', 'controlplane', 'worker'] : ['worker'];
}

function freeMachineName(machines: readonly MachineSpecInput[]): string {
  const names = new Set(machines.map(({ name }) => name));
  let n = 1;
  while (names.has(`node-${n}`)) n += 1;
  return `node-${n}`;
}
