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
 * Write-ahead: each call is one transaction and is on disk when it returns. Synchronous on purpose: nothing may happen
 * between a decision and its record.
 */
export interface Journal {
  /** Records the run, its plan and the event `run.started` (seq 1). */
  start(run: Omit<JournaledRun, 'events'>, event: NewRunEvent): RunEvent;
  /** Gives each event its `seq` (rising by one) and `at`. */
  append(runId: string, events: readonly NewRunEvent[]): readonly RunEvent[];
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
