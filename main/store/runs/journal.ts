import type { Journal } from '#main/engine/journal.ts';
import type { Plan } from '#main/engine/plan.ts';
import { storeErrors } from '#shared/errors/store.ts';
import type { Json } from '#shared/json.ts';
import type { NewRunEvent, RunEvent } from '#shared/run/events.ts';
import type { Database } from '#main/store/database/database.ts';
import { type Redaction, redactEvent } from '#main/store/sealing/redaction.ts';
import { parseStored } from '#main/store/database/stored-json.ts';
import { query } from '#main/store/database/tables.ts';

export interface JournalOptions {
  readonly now: () => number;
  readonly redaction?: Redaction | undefined;
}

/** Survive even a power cut at once: nobody waits for `durable` at either end of a run. */
const endsOfRun: ReadonlySet<NewRunEvent['type']> = new Set(['run.resumed', 'run.finished']);

/** The engine's journal in SQLite. @throws `store.run_exists`, `store.run_unknown`, `store.disk_full`, … */
export function journalIn(db: Database, { now, redaction }: JournalOptions): Journal {
  /** Inside the caller's transaction. */
  function insert(runId: string, seq: number, event: NewRunEvent): RunEvent {
    const at = now();
    const shown = redaction ? redactEvent(event, redaction) : event;
    db.run(query.insertInto('events').values({ run_id: runId, seq, at, body: JSON.stringify(shown) }));
    if (shown.type === 'run.finished') {
      const metrics = JSON.stringify(shown.metrics);
      db.run(query.updateTable('runs').set({ ended_at: at, outcome: shown.outcome, metrics }).where('id', '=', runId));
    } else if (shown.type === 'run.resumed') {
      const open = { ended_at: null, outcome: null, metrics: null };
      db.run(query.updateTable('runs').set(open).where('id', '=', runId));
    }
    return { ...shown, seq, at };
  }

  return {
    start: ({ runId, clusterId, plan, document }, event) =>
      db.transaction(() => {
        const known = db.first(query.selectFrom('runs').select('id').where('id', '=', runId));
        if (known) throw storeErrors.run_exists({ runId });
        db.run(
          query.insertInto('runs').values({
            id: runId,
            cluster_id: clusterId,
            operation: plan.operation,
            plan: JSON.stringify(plan),
            document: JSON.stringify(document),
            started_at: now(),
          }),
        );
        return insert(runId, 1, event);
      }),

    append: (runId, events) =>
      db.transaction(
        () => {
          const last = lastSeq(db, runId);
          if (last === 0) throw storeErrors.run_unknown({ runId });
          return events.map((event, index) => insert(runId, last + 1 + index, event));
        },
        { powerCut: events.some(({ type }) => endsOfRun.has(type)) },
      ),

    durable: () => db.durable(),

    load(runId) {
      const run = db.first(query.selectFrom('runs').select(['cluster_id', 'plan', 'document']).where('id', '=', runId));
      if (!run) return undefined;
      return {
        runId,
        clusterId: run.cluster_id,
        plan: parseStored<Plan>(run.plan),
        document: parseStored<Json>(run.document),
        events: eventsAfter(db, runId, 0),
      };
    },
  };
}

/** Events with a higher `seq` than `afterSeq`, in order, at most so many: what a watcher asks for again and again. */
export function eventsAfter(db: Database, runId: string, afterSeq: number, most?: number): readonly RunEvent[] {
  const all = query
    .selectFrom('events')
    .select(['seq', 'at', 'body'])
    .where('run_id', '=', runId)
    .where('seq', '>', afterSeq)
    .orderBy('seq');
  const rows = db.all(most === undefined ? all : all.limit(most));
  return rows.map(({ seq, at, body }) => ({ ...parseStored<NewRunEvent>(body), seq, at }));
}

/** 0 before the first event. */
export function lastSeq(db: Database, runId: string): number {
  const row = db.first(
    query
      .selectFrom('events')
      .select(({ fn }) => fn.max('seq').as('seq'))
      .where('run_id', '=', runId),
  );
  return row?.seq ?? 0;
}
