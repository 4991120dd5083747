// Run as a process of its own: `node store-child.ts <home> <clusterId> <command> <argument>`.
import { join } from 'node:path';
import { createRedactor } from '#main/secrets/redactor.ts';
import { clustersIn } from '#main/store/inventory/clusters.ts';
import { journalIn } from '#main/store/runs/journal.ts';
import { openDatabase } from '#main/store/database/open-database.ts';
import { removalJournalIn } from '#main/store/runs/removal-journal.ts';
import { Store } from '#main/store/store.ts';
import { query } from '#main/store/database/tables.ts';

const [home = '', clusterId = '', command = '', argument = ''] = process.argv.slice(2);
const store = new Store({
  home,
  openVault: () => Promise.reject(new Error('no secrets here')),
  redaction: createRedactor(),
  label: 'child',
  heartbeatLimitMs: 3_600_000, // an hour: whatever is taken sooner is taken because the holder is seen to be dead
});

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

switch (command) {
  /** Takes the lease of run `argument` and holds it until killed. */
  case 'hold':
    say(store.leases.acquire(clusterId, argument));
    process.stdin.resume();
    break;
  /** Waits for a line, so that several start at the same moment; then takes the lease if it can. */
  case 'contend':
    say({ ready: true });
    process.stdin.once('data', () => {
      say(store.leases.acquire(clusterId, argument));
      process.stdin.resume();
    });
    break;
  /** Renames the cluster inside a transaction that it never ends. */
  case 'half-way': {
    const { db } = openDatabase(join(home, 'slipway.db'), Date.now);
    db.transaction(() => {
      db.run(query.updateTable('clusters').set({ name: argument }).where('id', '=', clusterId));
      say({ renamed: db.first(query.selectFrom('clusters').select('name').where('id', '=', clusterId))?.name });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
    break;
  }
  /** Ends the removal `argument` and stands still when all is forgotten and nothing committed. */
  case 'forget': {
    const { db } = openDatabase(join(home, 'slipway.db'), Date.now);
    const standStill = (): void => {
      const clusters = db.all(query.selectFrom('clusters').select('id')).length;
      say({ clusters });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    };
    const parts = {
      journal: journalIn(db, { now: Date.now }),
      clusters: clustersIn(db, { now: Date.now, removeLog: standStill }),
    };
    store.leases.acquire(clusterId, argument);
    const metrics = { elapsedMs: 1, peakRssBytes: 1, eventLoopDelayP99Ms: 1, mutations: 0 };
    removalJournalIn(db, parts, clusterId).append(argument, [{ type: 'run.finished', outcome: 'succeeded', metrics }]);
    break;
  }
  /** Appends events of run `argument` for ever, five at a time, and tells each time how many are finished. */
  case 'append':
    for (let done = 1; ;) {
      const events = Array.from({ length: 5 }, () => ({ type: 'step.succeeded', step: 's' }) as const);
      done += store.journal.append(argument, events).length;
      say({ done });
    }
}
