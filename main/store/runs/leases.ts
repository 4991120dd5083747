import type { Selectable } from 'kysely';
import type { LeaseHolder, Leases } from '#main/engine/journal.ts';
import type { Database } from '#main/store/database/database.ts';
import { lookAtProcess, type ProcessSeen } from './processes.ts';
import { query, type Tables } from '#main/store/database/tables.ts';

export interface LeaseOptions {
  /** This process. */
  readonly holder: LeaseHolder;
  /** A holder that cannot be looked at is given up when its last heartbeat is older. */
  readonly heartbeatLimitMs: number;
  readonly now: () => number;
  readonly processes?: (pid: number) => ProcessSeen;
}

export interface StoredLeases extends Leases {
  /** Who drives the cluster now; `undefined` when nobody does, or when who did is dead. */
  current(clusterId: string): { readonly by: LeaseHolder; readonly runId: string } | undefined;
  /** All that somebody holds now. */
  all(): readonly { readonly clusterId: string; readonly runId: string }[];
  /** Asks whoever drives the cluster to cancel. `false` when nobody does. */
  requestCancel(clusterId: string): boolean;
  /** For the holder, with its heartbeat: whether somebody asked to cancel. */
  cancelRequested(clusterId: string, runId: string): boolean;
}

type LeaseRow = Selectable<Tables['leases']>;

/** Leases in the inventory: one row per cluster, taken and given back in one transaction each. */
export function leasesIn(db: Database, options: LeaseOptions): StoredLeases {
  const { holder, heartbeatLimitMs, now, processes = lookAtProcess } = options;

  function isAlive(row: LeaseRow): boolean {
    const beatsStill = now() - row.heartbeat_at <= heartbeatLimitMs;
    if (row.hostname !== holder.hostname) return beatsStill;
    const seen = processes(row.pid);
    switch (seen.kind) {
      case 'gone':
        return false;
      case 'running':
        // Alive is alive, even with an old heartbeat: a laptop that slept must not get two drivers when it wakes.
        return seen.start === row.process_start;
      case 'exists':
        return beatsStill;
    }
  }

  const isOurs = (row: LeaseRow): boolean =>
    row.hostname === holder.hostname && row.pid === holder.pid && row.process_start === holder.processStart;

  const rowOf = (clusterId: string): LeaseRow | undefined =>
    db.first(query.selectFrom('leases').selectAll().where('cluster_id', '=', clusterId));

  /** The row if it is our own for this run: after a take-over the run id alone could be the same, by `resume`. */
  function ownRow(clusterId: string, runId: string): LeaseRow | undefined {
    const row = rowOf(clusterId);
    return row?.run_id === runId && isOurs(row) ? row : undefined;
  }

  const written = { powerCut: false }; // after a power cut nobody holds anything

  return {
    acquire: (clusterId, runId) =>
      db.transaction(() => {
        const row = rowOf(clusterId);
        if (row && isAlive(row) && !(isOurs(row) && row.run_id === runId)) {
          return { kind: 'held', by: holderOf(row), runId: row.run_id } as const;
        }
        const lease = {
          run_id: runId,
          hostname: holder.hostname,
          pid: holder.pid,
          process_start: holder.processStart,
          label: holder.label,
          heartbeat_at: now(),
          cancel_requested: 0,
        } as const;
        db.run(
          query
            .insertInto('leases')
            .values({ cluster_id: clusterId, ...lease })
            .onConflict((conflict) => conflict.column('cluster_id').doUpdateSet(lease)),
        );
        return { kind: 'acquired' } as const;
      }, written),

    heartbeat: (clusterId, runId) =>
      db.transaction(() => {
        if (!ownRow(clusterId, runId)) return false;
        db.run(query.updateTable('leases').set({ heartbeat_at: now() }).where('cluster_id', '=', clusterId));
        return true;
      }, written),

    release: (clusterId, runId) => {
      db.transaction(() => {
        if (ownRow(clusterId, runId)) db.run(query.deleteFrom('leases').where('cluster_id', '=', clusterId));
      }, written);
    },

    current(clusterId) {
      const row = rowOf(clusterId);
      return row && isAlive(row) ? { by: holderOf(row), runId: row.run_id } : undefined;
    },

    all: () =>
      db
        .all(query.selectFrom('leases').selectAll())
        .filter(isAlive)
        .map(({ cluster_id, run_id }) => ({ clusterId: cluster_id, runId: run_id })),

    requestCancel: (clusterId) =>
      db.transaction(() => {
        const row = rowOf(clusterId);
        if (!row || !isAlive(row)) return false;
        db.run(query.updateTable('leases').set({ cancel_requested: 1 }).where('cluster_id', '=', clusterId));
        return true;
      }, written),

    cancelRequested: (clusterId, runId) => ownRow(clusterId, runId)?.cancel_requested === 1,
  };
}

const holderOf = (row: LeaseRow): LeaseHolder => ({
  hostname: row.hostname,
  pid: row.pid,
  processStart: row.process_start,
  label: row.label,
});
