import type { Json } from '#shared/json.ts';
import type { NewRunEvent, RunEvent } from '#shared/run/events.ts';
import type { Plan } from './plan.ts';

/** One run as it was journaled. */
export interface JournaledRun {
  readonly runId: string;
  readonly clusterId: string;
  readonly plan: Plan;
  /** What the operation needs besides the plan to build its ports again: for `create`, the spec as approved. */
  readonly document: Json;
  readonly events: readonly RunEvent[];
}

/**
 * Write-ahead: each write is one transaction. Synchronous on purpose: nothing may happen between a decision and its
 * record.
 */
export interface Journal {
  /** Records the run, its plan and the event `run.started` (seq 1). Survives a power cut when it returns. */
  start(run: Omit<JournaledRun, 'events'>, event: NewRunEvent): RunEvent;
  /**
   * Gives each event its `seq` (rising by one) and `at`. Survives the end of our process when it returns; the end of a
   * run a power cut, too.
   */
  append(runId: string, events: readonly NewRunEvent[]): readonly RunEvent[];
  /**
   * Resolves when all that was appended before survives a power cut. All who ask in the same turn share one sync of the
   * disk. What nobody asks for (a verify, an end of a step) a power cut may take: the next run's check finds it so.
   */
  durable(): Promise<void>;
  load(runId: string): JournaledRun | undefined;
}

/** Who drives a cluster. Found to be dead by pid and start time on the same computer, by heartbeat elsewhere. */
export interface LeaseHolder {
  readonly hostname: string;
  readonly pid: number;
  /** Start time of the process in the system's own unit: a pid can be used again. */
  readonly processStart: string;
  /** What the person called: "slipway up". */
  readonly label: string;
}

export interface Leases {
  /** Takes the lease when it is free, expired or its holder is dead; otherwise answers who has it. */
  acquire(
    clusterId: string,
    runId: string,
  ): { readonly kind: 'acquired' } | { readonly kind: 'held'; readonly by: LeaseHolder; readonly runId: string };
  /** `false` when it has been taken from us meanwhile: the run must stop. */
  heartbeat(clusterId: string, runId: string): boolean;
  release(clusterId: string, runId: string): void;
}
