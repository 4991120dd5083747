import type { PlannedRun } from '#renderer/lib/client/answers.ts';

export interface MachineMakes {
  readonly machine: string;
  /** `undefined` of a machine that exists already. */
  readonly vm: PlannedRun['makes']['vms'][number] | undefined;
  readonly containers: readonly { readonly name: string; readonly image: string }[];
  readonly files: readonly string[];
}

/** What will be made, machine by machine, in the order in which the plan names them. One pass over each list. */
export function makesByMachine({ vms, containers, files }: PlannedRun['makes']): readonly MachineMakes[] {
  const vmOf = new Map(vms.map((vm) => [vm.name, vm]));
  const containersOf = Map.groupBy(containers, ({ machine }) => machine);
  const filesOf = Map.groupBy(files, ({ machine }) => machine);
  return [...new Set([...vmOf.keys(), ...containersOf.keys(), ...filesOf.keys()])].map((machine) => ({
    machine,
    vm: vmOf.get(machine),
    containers: containersOf.get(machine) ?? [],
    files: (filesOf.get(machine) ?? []).map(({ path }) => path),
  }));
}

/** Those of which every word is in name, address, pool or template. */
export function machinesFound(all: readonly MachineMakes[], words: string): readonly MachineMakes[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return all;
  return all.filter(({ machine, vm }) => {
    const text = [machine, vm?.address, vm?.pool, vm?.template].join(' ').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
