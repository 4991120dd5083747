import type { Clock } from '#main/engine/clock.ts';
import type { Journal, JournaledRun, LeaseHolder, Leases } from '#main/engine/journal.ts';
import type { NewRunEvent, RunEvent } from '#shared/run/events.ts';

export interface MemoryJournal extends Journal {
  /** What a run's events look like on disk. Throws for a run that was never started. */
  events(runId: string): readonly RunEvent[];
}

/** A journal that outlives the "processes" of a test. What goes in comes out as its JSON did, as from a database. */
export function memoryJournal(clock: Pick<Clock, 'now'>): MemoryJournal {
  const runs = new Map<string, { run: string; events: RunEvent[] }>();

  const runOf = (runId: string) => {
    const found = runs.get(runId);
    if (!found) throw new Error(`The fake journal has no run ${runId}.`);
    return found;
  };
  const append = (runId: string, events: readonly NewRunEvent[]): readonly RunEvent[] => {
    const run = runOf(runId);
    const at = clock.now();
    const written = events.map((event, index) => jsonCopy({ ...event, seq: run.events.length + index + 1, at }));
    run.events.push(...written);
    return written;
  };

  return {
    start: (run, event) => {
      if (runs.has(run.runId)) throw new Error(`The fake journal has run ${run.runId} already.`);
      runs.set(run.runId, { run: JSON.stringify(run), events: [] });
      const [first] = append(run.runId, [event]);
      if (!first) throw new Error('Nothing was appended.');
      return first;
    },
    append,
    durable: () => Promise.resolve(),
    load: (runId) => {
      const found = runs.get(runId);
      if (!found) return undefined;
      const run = JSON.parse(found.run) as Omit<JournaledRun, 'events'>;
      return { ...run, events: [...found.events] };
    },
    events: (runId) => [...runOf(runId).events],
  };
}

function jsonCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export interface MemoryLeases {
  /** The leases as one process sees them. */
  of(process: string): Leases;
  /** The process is gone: what it held is free. */
  died(process: string): void;
  /** Somebody else takes the cluster, as after a long sleep of the holder's computer. */
  steal(clusterId: string, process: string): void;
  holder(clusterId: string): string | undefined;
}

export function memoryLeases(): MemoryLeases {
  const held = new Map<string, { process: string; runId: string }>();
  const describe = (process: string): LeaseHolder => ({
    hostname: 'laptop',
    pid: 4711,
    processStart: '1',
    label: process,
  });
  return {
    of: (process) => ({
      acquire: (clusterId, runId) => {
        const other = held.get(clusterId);
        if (other && other.process !== process) {
          return { kind: 'held', by: describe(other.process), runId: other.runId };
        }
        held.set(clusterId, { process, runId });
        return { kind: 'acquired' };
      },
      heartbeat: (clusterId) => held.get(clusterId)?.process === process,
      release: (clusterId) => {
        if (held.get(clusterId)?.process === process) held.delete(clusterId);
      },
    }),
    died: (process) => {
      for (const [clusterId, lease] of held) if (lease.process === process) held.delete(clusterId);
    },
    steal: (clusterId, process) => void held.set(clusterId, { process, runId: 'other' }),
    holder: (clusterId) => held.get(clusterId)?.process,
  };
}
