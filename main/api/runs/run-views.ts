import type { RunEvent } from '#shared/run/events.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import type { RunView } from '#shared/run/view.ts';
import type { RunObserver } from './driving.ts';
import type { World } from '#main/api/world.ts';

/** So many runs are remembered: more are hardly looked at together, and a view of 15 000 steps takes megabytes. */
const mostViews = 16;
const eventsAtOnce = 500;

/** Views of runs as far as somebody here has seen them, so that a second look does not fold the whole journal again. */
export interface RunViews {
  /** As far as anybody here has come; `undefined` when nobody looked. */
  seen(runId: string): RunView | undefined;
  /** With all that is journaled. Lets others work in between. */
  current(runId: string, signal: AbortSignal): Promise<RunView>;
  /** Remembers what the driver's own observer sees. */
  observing(observer: RunObserver): RunObserver;
}

export function runViews({ store, clock }: Pick<World, 'store' | 'clock'>): RunViews {
  const views = new Map<string, RunView>();
  const remember = (runId: string, view: RunView): void => {
    if ((views.get(runId)?.seq ?? 0) > view.seq) return; // somebody else has come further meanwhile
    views.delete(runId); // the one looked at last stands last
    views.set(runId, view);
    const [oldest] = views.keys();
    if (views.size > mostViews && oldest !== undefined) views.delete(oldest);
  };

  return {
    seen: (runId) => views.get(runId),
    async current(runId, signal) {
      let view = views.get(runId) ?? initialView();
      for (;;) {
        const events: readonly RunEvent[] = store.runs.events(runId, view.seq, eventsAtOnce);
        view = events.reduce(reduce, view);
        if (events.length < eventsAtOnce) break;
        await clock.sleep(0, signal);
      }
      remember(runId, view);
      return view;
    },
    observing: (observer) => {
      let runId: string | undefined;
      return {
        started: (run) => {
          runId = run.runId;
          observer.started(run);
        },
        event: (event, view) => {
          if (runId !== undefined) remember(runId, view);
          observer.event(event, view);
        },
        log: observer.log,
      };
    },
  };
}
