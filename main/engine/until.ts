import { waitErrors } from '#shared/errors/wait.ts';
import type { Clock } from './clock.ts';

export interface Seen {
  readonly met: boolean;
  /** What was there instead, for the error: "connection refused", "1 of 3 ready". */
  readonly seen: string;
}

export interface Wait {
  /** A sentence the person can read: "etcd on node-1 is healthy". */
  readonly what: string;
  readonly withinMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

const firstPauseMs = 40;
/** A tenth of what has been waited is lost at the end on average: a look is cheap, a person's time is not. */
const growth = 1.2;
const longestPauseMs = 500;

/**
 * Polls until met, with a short interval that grows: quick states are seen at once, slow ones cost few calls.
 * Prefer an event where there is one.
 * @throws `wait.deadline` with the last thing seen; whatever the probe throws.
 */
export async function until(wait: Wait, probe: (signal: AbortSignal) => Promise<Seen>): Promise<void> {
  const endsAt = wait.clock.now() + wait.withinMs;
  let pauseMs = firstPauseMs;
  for (;;) {
    wait.signal.throwIfAborted();
    const { met, seen } = await probe(wait.signal);
    if (met) return;
    const leftMs = endsAt - wait.clock.now();
    if (leftMs <= 0) throw waitErrors.deadline({ what: wait.what, withinSeconds: wait.withinMs / 1000, seen });
    await wait.clock.sleep(Math.min(pauseMs, leftMs), wait.signal);
    pauseMs = Math.min(pauseMs * growth, longestPauseMs);
  }
}
