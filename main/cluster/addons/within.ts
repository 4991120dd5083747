import type { Clock } from '#main/engine/clock.ts';

/**
 * Gives `work` a signal that aborts after `ms`. Answers `false` when it was late; an abort of the caller's own signal
 * and every other failure are thrown.
 */
export async function within(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const deadline = new AbortController();
  const finished = new AbortController();
  clock.sleep(ms, AbortSignal.any([signal, finished.signal])).then(
    () => deadline.abort(new Error('the deadline has passed')),
    () => undefined, // the work ended first, or the caller's signal did: nothing is waited for any more
  );
  try {
    await work(AbortSignal.any([signal, deadline.signal]));
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.signal.aborted) return false;
    throw error;
  } finally {
    finished.abort(new Error('finished'));
  }
}
