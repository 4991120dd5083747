import type { RetryRule } from '#shared/errors/define.ts';

/** Numbers from 0 (in) to 1 (out), as a port: the engine never asks the system. */
export type Random = () => number;

/** How often and how long a step may be tried. */
export interface RetryPolicy {
  /** Attempts at most for errors that say `backoff`, the first one included. A phase may say otherwise. */
  readonly attempts: number;
  /** No further attempt begins once a step has been at it for so long, in ms. */
  readonly budgetMs: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /**
   * Errors that say `while-booting` are tried again until so long after the start of the run, in ms. 0 where the run
   * makes no machines: those that a person names have booted long ago, and a wrong key must be said at once.
   */
  readonly bootingMs: number;
}

export const defaultRetry: RetryPolicy = {
  attempts: 6,
  budgetMs: 10 * 60_000,
  firstDelayMs: 500,
  longestDelayMs: 10_000,
  bootingMs: 0,
};

export interface Attempts {
  readonly rule: RetryRule;
  /** Number of the attempt that failed just now, from 1. */
  readonly attempt: number;
  /** How many of the attempts so far failed with `backoff`: waiting for a boot uses nothing up. */
  readonly backoffs: number;
  readonly sinceFirstAttemptMs: number;
  readonly sinceRunStartMs: number;
}

/**
 * How long to wait before the next attempt, in ms; `undefined` when there is to be none.
 * Doubles from one attempt to the next; between half and all of it by chance, so that a hundred machines that lost the
 * same switch do not come back in step.
 */
export function retryDelayMs(policy: RetryPolicy, random: Random, tried: Attempts): number | undefined {
  if (!mayRetry(policy, tried)) return undefined;
  const full = Math.min(policy.firstDelayMs * 2 ** Math.min(tried.attempt - 1, 30), policy.longestDelayMs);
  return Math.round(full * (0.5 + random() / 2));
}

function mayRetry(policy: RetryPolicy, tried: Attempts): boolean {
  switch (tried.rule) {
    case 'never':
      return false;
    case 'backoff':
      return tried.backoffs < policy.attempts && tried.sinceFirstAttemptMs < policy.budgetMs;
    case 'while-booting':
      return tried.sinceRunStartMs < policy.bootingMs;
  }
}
