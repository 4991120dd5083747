import { type Compilable, type Selectable, sql } from 'kysely';
import type { Json } from '#shared/json.ts';
import type { RunEvent, RunMetrics, RunOutcome } from '#shared/run/events.ts';
import type { Database } from '#main/store/database/database.ts';
import { eventsAfter, lastSeq } from './journal.ts';
import type { StoredLeases } from './leases.ts';
import { parseStored } from '#main/store/database/stored-json.ts';
import { query, type Tables } from '#main/store/database/tables.ts';

export interface RunRecord {
  readonly runId: string;
  readonly clusterId: string;
  readonly operation: string;
  /** `interrupted`: no end was journaled and nobody drives it any more. */
  readonly state: 'running' | 'interrupted' | RunOutcome;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly metrics: RunMetrics | undefined;
}

export interface Runs {
  /** Newest first. */
  list(clusterId: string): readonly RunRecord[];
  last(clusterId: string): RunRecord | undefined;
  find(runId: string): RunRecord | undefined;
  /** Of all clusters, newest first, at most so many. */
  newest(operation: string, outcome: RunOutcome, most: number): readonly RunRecord[];
  /** What was journaled beside its plan: see `RunDocument`. */
  document(runId: string): Json | undefined;
  /** Events with a higher `seq`, in order, at most so many: for watchers, who ask again with the last one they saw. */
  events(runId: string, afterSeq: number, most?: number): readonly RunEvent[];
  /** The `seq` of its last event; 0 without any. */
  lastSeq(runId: string): number;
}

type RunRow = Pick<Selectable<Tables['runs']>, (typeof columns)[number]>;
const columns = ['id', 'cluster_id', 'operation', 'started_at', 'ended_at', 'outcome', 'metrics'] as const;

export function runsIn(db: Database, leases: Pick<StoredLeases, 'current'>): Runs {
  const select = query.selectFrom('runs').select(columns);

  const recordOf = (row: RunRow): RunRecord => ({
    runId: row.id,
    clusterId: row.cluster_id,
    operation: row.operation,
    state: row.outcome ?? (leases.current(row.cluster_id)?.runId === row.id ? 'running' : 'interrupted'),
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    metrics: row.metrics === null ? undefined : parseStored<RunMetrics>(row.metrics),
  });

  // Two runs can start in one millisecond of a test's clock; rowid is the order of insertion.
  const newestFirst = select.orderBy('started_at', 'desc').orderBy(sql`rowid`, 'desc');
  const ofCluster = (clusterId: string) => newestFirst.where('cluster_id', '=', clusterId);

  // A run and who drives it, of one moment: between two looks it may end, and its lease with it.
  const all = (wanted: Compilable<RunRow>) => db.snapshot(() => db.all(wanted).map(recordOf));
  const one = (wanted: Compilable<RunRow>) => db.snapshot(() => db.all(wanted).map(recordOf)[0]);

  return {
    list: (clusterId) => all(ofCluster(clusterId)),
    last: (clusterId) => one(ofCluster(clusterId).limit(1)),
    find: (runId) => one(select.where('id', '=', runId)),
    newest: (operation, outcome, most) =>
      all(newestFirst.where('operation', '=', operation).where('outcome', '=', outcome).limit(most)),
    document(runId) {
      const row = db.first(query.selectFrom('runs').select('document').where('id', '=', runId));
      return row && parseStored<Json>(row.document);
    },
    events: (runId, afterSeq, most) => eventsAfter(db, runId, afterSeq, most),
    lastSeq: (runId) => lastSeq(db, runId),
  };
}
