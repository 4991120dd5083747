import type { Cluster } from '#main/cluster/cluster.ts';
import type { InventoryPort } from '#main/cluster/ports.ts';
import type { VmRecord } from '#main/cluster/provision/vm-record.ts';

/**
 * A cluster whose machines become known while a run makes them: each record that is written changes what `current`
 * answers, so that the steps after it see the address.
 */
export function liveCluster(
  build: (records: ReadonlyMap<string, VmRecord>) => Cluster,
  known: ReadonlyMap<string, VmRecord>,
): { current(): Cluster; watching(inventory: InventoryPort): InventoryPort } {
  const records = new Map(known);
  let cluster = build(records);
  return {
    current: () => cluster,
    watching: (inventory) => ({
      ...inventory,
      async putVm(machine, record) {
        await inventory.putVm(machine, record);
        records.set(machine, record);
        cluster = build(new Map(records));
      },
      async forgetVm(machine) {
        await inventory.forgetVm(machine);
        records.delete(machine);
        cluster = build(new Map(records));
      },
    }),
  };
}
