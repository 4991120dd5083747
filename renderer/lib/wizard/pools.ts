import type { MachinePoolInput } from '#shared/spec/node-template.ts';
import type { Role } from '#shared/spec/cluster.ts';

/** Shapes of a cluster that a person can choose in one go. */
export const sizes = ['one', 'small', 'safe'] as const;
export type Size = (typeof sizes)[number];

type Shape = Pick<MachinePoolInput, 'name' | 'count' | 'roles'>;

const worker: Shape = { name: 'worker', count: 2, roles: ['worker'] };
const shapes: Readonly<Record<Size, readonly Shape[]>> = {
  one: [{ name: 'node', count: 1, roles: ['etcd', 'controlplane', 'worker'] }],
  small: [{ name: 'control', count: 1, roles: ['etcd', 'controlplane'] }, worker],
  safe: [{ name: 'control', count: 3, roles: ['etcd', 'controlplane'] }, worker],
};

export function poolsOfSize(size: Size, template: string): MachinePoolInput[] {
  return shapes[size].map(({ roles, ...shape }) => ({ ...shape, template, roles: [...roles] }));
}

/** Which of them the pools are; `own` when they are none. */
export function sizeOf(pools: readonly MachinePoolInput[]): Size | 'own' {
  const key = (all: readonly Shape[]): string =>
    all.map(({ name, count, roles }) => `${name} ${count} ${roles.toSorted().join()}`).join('\n');
  return sizes.find((size) => key(shapes[size]) === key(pools)) ?? 'own';
}

/** With one pool more, of workers, whose name no other has. */
export function withPool(pools: readonly MachinePoolInput[], template: string): MachinePoolInput[] {
  const names = new Set(pools.map(({ name }) => name));
  let n = 1;
  while (names.has(`pool-${n}`)) n += 1;
  return [...pools, { name: `pool-${n}`, template, count: 1, roles: ['worker'] }];
}

export function withRole(roles: readonly Role[], role: Role, has: boolean): Role[] {
  const order: readonly Role[] = ['etcd', 'controlplane', 'worker'];
  return order.filter((one) => (one === role ? has : roles.includes(one)));
}

/** The list with another value in one place; `undefined` takes it out. */
export function replaced<T>(list: readonly T[], at: number, value: T | undefined): T[] {
  return list.flatMap((one, index) => (index !== at ? [one] : value === undefined ? [] : [value]));
}
