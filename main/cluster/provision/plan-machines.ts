import type { ClusterSpec } from '#shared/spec/cluster.ts';
import type { MachinePool, NodeTemplate } from '#shared/spec/node-template.ts';
import { poolMachines, templateNamed } from './pools.ts';
import type { VmRecord } from './vm-record.ts';

/** A machine that we make: from what, for which pool, and how far that is. */
export interface PlannedMachine {
  readonly machine: string;
  readonly pool: MachinePool;
  readonly template: NodeTemplate;
  readonly record: VmRecord;
}

/** @param records of every machine of the pools: see `proposeRecords`. One without is left out. */
export function planMachines(
  { metadata, spec }: Pick<ClusterSpec, 'metadata' | 'spec'>,
  records: ReadonlyMap<string, VmRecord>,
): ReadonlyMap<string, PlannedMachine> {
  const planned = new Map<string, PlannedMachine>();
  for (const { name: machine, pool } of poolMachines(metadata.name, spec.pools)) {
    const record = records.get(machine);
    if (record) planned.set(machine, { machine, pool, template: templateNamed(spec, pool.template), record });
  }
  return planned;
}
