import type { Clock } from '#main/engine/clock.ts';

/**
 * Gives an event-driven wait a deadline: `wait` gets a signal that aborts with the caller's or when the time is up.
 * @throws what `late` makes, at the deadline.
 */
export async function withDeadline<T>(
  clock: Clock,
  signal: AbortSignal,
  withinMs: number,
  wait: (signal: AbortSignal) => Promise<T>,
  late: () => Error,
): Promise<T> {
  const timer = new AbortController();
  const deadline = new AbortController();
  clock.sleep(withinMs, AbortSignal.any([signal, timer.signal])).then(
    () => {
      deadline.abort();
    },
    () => undefined, // aborted: the wait is over, or the caller's own signal ends it
  );
  try {
    return await wait(AbortSignal.any([signal, deadline.signal]));
  } catch (error) {
    if (deadline.signal.aborted && !signal.aborted) throw late();
    throw error;
  } finally {
    timer.abort();
  }
}
