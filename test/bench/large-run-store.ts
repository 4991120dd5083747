import { planView } from '#main/engine/plan.ts';
import { Store } from '#main/store/store.ts';
import type { RunMetrics } from '#shared/run/events.ts';
import { largeRun, type LargeRun } from './large-run.ts';

const minute = 60_000;
/** What happens within so long is journaled in one transaction. */
const togetherMs = 100;
const metrics: RunMetrics = { elapsedMs: 1, peakRssBytes: 1, eventLoopDelayP99Ms: 1, mutations: 1 };
/** Said by the steps in turn: what apt, Docker and the kubelet say is about as long. */
const words = [
  'Unpacking containerd.io',
  'pulled layer 3f2a9c',
  'waits for the node to be Ready',
  'wrote /etc/kubernetes',
];

/** A run that another process than the web host drives, event by event. */
export interface DrivenRun extends Disposable {
  readonly runId: string;
  /** Journals so many more of its events. Answers how many there were. */
  goOn(events: number): number;
}

/** Writes runs into the inventory of one home folder as the process that drives them does. */
export class LargeRunStore implements Disposable {
  readonly #store: Store;
  #now = Date.now() - 100 * minute;

  constructor(home: string) {
    this.#store = new Store({
      home,
      openVault: () => Promise.reject(new Error('no secret is needed here')),
      redaction: { register: () => undefined, redact: (text) => text, redactField: (_name, text) => text },
      label: 'bench',
      heartbeatLimitMs: 30_000,
      now: () => this.#now,
    });
  }

  /** From its first to its last event, with a log of so many lines. Answers its id. */
  finished(name: string, machines: number, logLines: number): string {
    const { runId, run } = this.#begin(name, machines);
    const begunAt = this.#now;
    for (const [at, events] of Map.groupBy(run.events, ({ atMs }) => Math.floor(atMs / togetherMs))) {
      this.#now = begunAt + togetherMs * at;
      const together = events.map(({ event }) => event);
      this.#store.journal.append(runId, together);
    }
    this.#store.journal.append(runId, [{ type: 'run.finished', outcome: 'succeeded', metrics }]);
    using log = this.#store.openLog(runId);
    for (let at = 0; at < logLines; at += 1) {
      const step = run.plan.steps[at % run.plan.steps.length]?.id ?? '';
      log.write({ at: begunAt + at, step, line: `${words[at % words.length] ?? ''} (${at + 1} of ${logLines})` });
    }
    return runId;
  }

  /** Begun, with this process as its driver. */
  driven(name: string, machines: number): DrivenRun {
    const { runId, clusterId, run } = this.#begin(name, machines);
    this.#now = Date.now();
    if (this.#store.leases.acquire(clusterId, runId).kind !== 'acquired') throw new Error(`${name} is driven already.`);
    let next = 0;
    return {
      runId,
      goOn: (events) => {
        this.#now = Date.now();
        const some = run.events.slice(next, next + events).map(({ event }) => event);
        next += some.length;
        if (some.length > 0) this.#store.journal.append(runId, some);
        return some.length;
      },
      [Symbol.dispose]: () => this.#store.leases.release(clusterId, runId),
    };
  }

  [Symbol.dispose](): void {
    this.#store.close();
  }

  #begin(
    name: string,
    machines: number,
  ): { readonly runId: string; readonly clusterId: string; readonly run: LargeRun } {
    const release = 'v1.36.3';
    const { spec } = largeRun(name, 'c-any', 1);
    const { id: clusterId } = this.#store.clusters.create({ spec, release });
    const run = largeRun(name, clusterId, machines);
    this.#store.clusters.updateSpec(clusterId, { spec: run.spec, release });
    const runId = `run-${name}`;
    this.#store.journal.start(
      { runId, clusterId, plan: run.plan, document: null },
      { type: 'run.started', runId, plan: planView(run.plan) },
    );
    return { runId, clusterId, run };
  }
}
