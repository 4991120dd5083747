import { reduce } from '#shared/run/reducer.ts';
import type { NewRunEvent, RunEvent } from '#shared/run/events.ts';
import type { RunView } from '#shared/run/view.ts';
import type { Journal } from './journal.ts';

/** The one way out for events: journal first, then the view, then whoever listens. */
export interface Recorder {
  emit(events: readonly NewRunEvent[]): void;
  view(): RunView;
}

/**
 * @param onEvent Gets each event once, in the order of `seq`, also when it makes the run emit further ones.
 * `emit` throws what the journal or the listener throws.
 */
export function createRecorder(
  journal: Journal,
  runId: string,
  start: RunView,
  onEvent: (event: RunEvent) => void,
): Recorder {
  let view = start;
  let outbox: RunEvent[] = [];
  let delivering = false;

  const deliver = () => {
    if (delivering) return;
    delivering = true;
    try {
      // The list grows while it is walked: a listener may cancel the run.
      for (const event of outbox) onEvent(event);
    } finally {
      outbox = [];
      delivering = false;
    }
  };

  return {
    emit: (events) => {
      if (events.length === 0) return;
      const written = journal.append(runId, events);
      for (const event of written) view = reduce(view, event);
      outbox.push(...written);
      deliver();
    },
    view: () => view,
  };
}
