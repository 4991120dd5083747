import { sql } from 'kysely';
import type { InventoryPort, VmRecord } from '#main/cluster/ports.ts';
import { storeErrors } from '#shared/errors/store.ts';
import type { Database } from '#main/store/database/database.ts';
import { parseStored } from '#main/store/database/stored-json.ts';
import { query } from '#main/store/database/tables.ts';

export type VmRecords = Pick<InventoryPort, 'vm' | 'vms' | 'putVm' | 'forgetVm'>;

/** The VMs of one cluster, for its run. */
export function vmRecords(db: Database, clusterId: string): VmRecords {
  return {
    async vm(machine) {
      const row = db.first(
        query.selectFrom('machines').select('vm').where('cluster_id', '=', clusterId).where('name', '=', machine),
      );
      return row?.vm ? parseStored<VmRecord>(row.vm) : undefined;
    },
    vms: async () => vmsOf(db, clusterId),
    async putVm(machine, record) {
      const content = { vm: JSON.stringify(record) };
      await db.durably(() => {
        // Another process may have given it to a machine of another cluster since this run was planned.
        const taken = assignedAddresses(db, clusterId);
        const address = record.staticAddresses.find((one) => taken.has(one));
        if (address !== undefined && !record.cloned) throw storeErrors.address_taken({ machine, address });
        db.run(
          query
            .insertInto('machines')
            .values({ cluster_id: clusterId, name: machine, ...content })
            .onConflict((conflict) => conflict.columns(['cluster_id', 'name']).doUpdateSet(content)),
        );
      });
    },
    async forgetVm(machine) {
      await db.durably(() => {
        forgetHostKeys(db, clusterId, machine);
        db.run(
          query
            .deleteFrom('machines')
            .where('cluster_id', '=', clusterId)
            .where('name', '=', machine)
            .where('vm', 'is not', null),
        );
      });
    },
  };
}

/** By machine, sorted. */
export function vmsOf(db: Database, clusterId: string): ReadonlyMap<string, VmRecord> {
  const rows = db.all(
    query
      .selectFrom('machines')
      .select(['name', 'vm'])
      .where('cluster_id', '=', clusterId)
      .where('vm', 'is not', null)
      .orderBy('name')
      .$narrowType<{ vm: string }>(),
  );
  return new Map(rows.map(({ name, vm }) => [name, parseStored<VmRecord>(vm)]));
}

/** Static addresses of the VMs of all clusters but one, those that are still to be made included. */
export function assignedAddresses(db: Database, exceptClusterId: string): ReadonlySet<string> {
  const rows = db.all(
    query
      .selectFrom('machines')
      .select('vm')
      .where('cluster_id', '!=', exceptClusterId)
      .where('vm', 'is not', null)
      .$narrowType<{ vm: string }>(),
  );
  const addresses = rows.flatMap(({ vm }) => parseStored<VmRecord>(vm).staticAddresses);
  return new Set(addresses.filter((address) => address !== '').sort());
}

/**
 * Takes the pinned host keys away that we made for VMs which are gone: the next machine at that address has another one.
 * Inside the caller's transaction.
 * @param machine Of all VMs of the cluster when left out.
 */
export function forgetHostKeys(db: Database, clusterId: string, machine?: string): void {
  const ofCluster = query
    .selectFrom('machines')
    .select(sql<string>`vm ->> '$.hostKey'`.as('host_key'))
    .where('cluster_id', '=', clusterId)
    .where('vm', 'is not', null);
  const keys = machine === undefined ? ofCluster : ofCluster.where('name', '=', machine);
  db.run(query.deleteFrom('known_hosts').where('approval', '=', 'made-by-us').where('host_key', 'in', keys));
}
