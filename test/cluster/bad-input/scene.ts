import { expect } from 'vitest';
import type { Lab } from '#test/lab/lab.ts';
import type { ClusterSpecInput, MachineSpecInput } from '#shared/spec/cluster.ts';
import { Person, type Ended } from '../support/person.ts';
import { changesBetween, machinesAsTheyAre } from './untouched.ts';

export type Spec = ClusterSpecInput['spec'] & { readonly machines: MachineSpecInput[] };

/** With which the lab's three machines would become a cluster: the first does everything, all hold etcd. */
export function goodSpec(lab: Lab): Spec {
  return {
    ...lab.specFragment(),
    machines: [
      lab.machineSpec('node-1', ['etcd', 'controlplane', 'worker']),
      lab.machineSpec('node-2', ['etcd', 'worker']),
      lab.machineSpec('node-3', ['etcd', 'worker']),
    ],
  };
}

/** `slipway up`, by somebody new if nobody is named; whatever comes of it, the machines must be as they were. */
export async function upChangingNothing(lab: Lab, spec: Spec, person?: Person): Promise<Ended> {
  if (!person) {
    await using somebody = await Person.arrive();
    return await upChangingNothing(lab, spec, somebody);
  }
  const file = await person.writeSpec('bad', spec);
  const before = await machinesAsTheyAre(lab);
  const ended = await person.slipway('up', '-f', file, '--yes', '--json', '--accept-host-keys');
  expect(changesBetween(before, await machinesAsTheyAre(lab))).toEqual({});
  return ended;
}
