import type { NewRunEvent, Progress } from '#shared/run/events.ts';
import type { Clock } from './clock.ts';

/** Thins out progress: what is overtaken by a newer value of the same step and label is never journaled. */
export interface ProgressFlow {
  push(step: string, progress: Progress): void;
  /** Takes what is pending for a step, to go before its next event: the last value is never lost. */
  take(step: string): readonly NewRunEvent[];
}

const shortestPauseMs = 250;
/** Keeps the whole run at about a hundred of these events per second, however many machines pull images. */
const pausePerEventMs = 10;

/** @param ended Aborts at the session's end. @param emit Journals and delivers. It must not throw. */
export function createProgressFlow(
  clock: Clock,
  ended: AbortSignal,
  emit: (events: readonly NewRunEvent[]) => void,
): ProgressFlow {
  const pending = new Map<string, Map<string, Progress>>();
  let flowing = false;

  const take = (step: string): readonly NewRunEvent[] => {
    const labels = pending.get(step);
    if (!labels) return [];
    pending.delete(step);
    return labels
      .values()
      .map((progress): NewRunEvent => ({ type: 'step.progress', step, progress }))
      .toArray();
  };

  const flow = async () => {
    flowing = true;
    try {
      do {
        await clock.sleep(shortestPauseMs, ended);
        const events = [...pending.keys()].flatMap(take);
        emit(events);
        await clock.sleep(Math.max(0, events.length * pausePerEventMs - shortestPauseMs), ended);
      } while (pending.size > 0);
    } catch {
      // Only the sleeps throw, when the session has ended: nobody wants what is pending then.
      pending.clear();
    } finally {
      flowing = false;
    }
  };

  return {
    push: (step, progress) => {
      const labels = pending.get(step) ?? new Map<string, Progress>();
      pending.set(step, labels.set(progress.label, progress));
      if (!flowing) void flow();
    },
    take,
  };
}
