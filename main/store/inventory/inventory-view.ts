import type { MachineFacts } from '#main/cluster/machine-facts.ts';
import type { VmRecord } from '#main/cluster/ports.ts';
import type { Json } from '#shared/json.ts';
import type { Artefact } from '#shared/run/events.ts';
import type { Database } from '#main/store/database/database.ts';
import { parseStored } from '#main/store/database/stored-json.ts';
import { query } from '#main/store/database/tables.ts';
import { vmsOf } from './vm-records.ts';

/** What `status` shows of one cluster. Nothing here is sealed, so no keychain is needed. Everything sorted. */
export interface InventoryView {
  machines(): readonly { readonly name: string; readonly facts: MachineFacts | undefined }[];
  certificates(): readonly { readonly name: string; readonly certificatePem: string }[];
  artefacts(): readonly Artefact[];
  statuses(): Readonly<Record<string, Json>>;
  /** Of the machines that we make. */
  vms(): ReadonlyMap<string, VmRecord>;
}

export function inventoryViewIn(db: Database, clusterId: string): InventoryView {
  return {
    machines: () =>
      db
        .all(query.selectFrom('machines').select(['name', 'facts']).where('cluster_id', '=', clusterId).orderBy('name'))
        .map(({ name, facts }) => ({ name, facts: facts === null ? undefined : parseStored<MachineFacts>(facts) })),
    certificates: () =>
      db.all(
        query
          .selectFrom('certificates')
          .select(['name', 'certificate as certificatePem'])
          .where('cluster_id', '=', clusterId)
          .orderBy('name'),
      ),
    artefacts: () => artefactsOf(db, clusterId),
    statuses() {
      const rows = db.all(
        query.selectFrom('statuses').select(['key', 'value']).where('cluster_id', '=', clusterId).orderBy('key'),
      );
      return Object.fromEntries(rows.map(({ key, value }) => [key, parseStored<Json>(value)]));
    },
    vms: () => vmsOf(db, clusterId),
  };
}

/** What is recorded to exist because of the cluster. */
export function artefactsOf(db: Database, clusterId: string): readonly Artefact[] {
  return db.all(
    query
      .selectFrom('artefacts')
      .select(['kind', 'key', 'location as where'])
      .where('cluster_id', '=', clusterId)
      .orderBy('kind')
      .orderBy('key'),
  );
}
