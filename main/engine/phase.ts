import type { Json } from '#shared/json.ts';
import type { Progress } from '#shared/run/events.ts';

/** `done`: already so, skip with this reason. `todo`: apply is needed, because of this reason. */
export type CheckResult =
  { readonly kind: 'done'; readonly reason: string } | { readonly kind: 'todo'; readonly reason: string };

export const done = (reason: string): CheckResult => ({ kind: 'done', reason });
export const todo = (reason: string): CheckResult => ({ kind: 'todo', reason });

/** What a step may use besides its ports. */
export interface StepContext {
  /** Aborts when the run is cancelled or the step's deadline has passed. */
  readonly signal: AbortSignal;
  /** One line for the step's live log. Never give it a secret; it is redacted by value all the same. */
  log(line: string): void;
  /** Real progress only (bytes, objects): never an estimate. */
  progress(progress: Progress): void;
  /** Something the person should know that is not a failure: an even number of etcd members, a slow clock. */
  warn(text: string): void;
}

/**
 * A row that the person sees and how it is done on one target. Stateless: everything comes by arguments, so a crashed
 * run resumes with the journaled input and nothing else.
 *
 * Each function may be called again after a crash on any line.
 */
export interface Phase<Ports, Input extends Json> {
  /** kebab-case, stable: it is part of the step ids in the journal. */
  readonly id: string;
  readonly title: string;
  /**
   * Looks and changes nothing. Throws when it cannot look: "could not look" is never "not there".
   */
  check(ports: Ports, input: Input, context: StepContext): Promise<CheckResult>;
  /** Makes it so. Finds what it would create by a stable key before creating it. */
  apply(ports: Ports, input: Input, context: StepContext): Promise<void>;
  /** Success is what verify saw, never the end of apply. */
  verify(ports: Ports, input: Input, context: StepContext): Promise<void>;
  /**
   * Takes back what an unfinished apply left, where the object is ours, and only what would do harm if it stayed: a
   * container that was set aside runs again. Called when the step has failed for good or was cancelled after its apply
   * had begun; has 30 s and a signal of its own. What is harmless stays: the next run goes on from it.
   */
  undo?(ports: Ports, input: Input, context: StepContext): Promise<void>;
  /**
   * How long one attempt (check, apply and verify together) may take, in ms. Its signal aborts then and the step fails
   * with `engine.step_deadline`. Left out where the waits inside have their own deadlines.
   */
  deadlineMs?(input: Input): number;
  /** How many attempts at most, where the run's retry policy is not right for this phase. */
  readonly attempts?: number;
}

/** Keeps the types of a phase together and its value as it is. */
export function definePhase<Ports, Input extends Json>(phase: Phase<Ports, Input>): Phase<Ports, Input> {
  return phase;
}
