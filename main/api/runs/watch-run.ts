import { initialView, reduce } from '#shared/run/reducer.ts';
import { hasCode } from '#shared/errors/define.ts';
import { lookMs } from './run-end.ts';
import type { RunControl, RunObserver, RunResult } from './driving.ts';
import type { World } from '#main/api/world.ts';

/**
 * Follows a run that another process drives, to its end or until that process is gone. A cancel is passed on to the
 * driver; leaving only ends the watching.
 */
export async function watchRun(
  world: World,
  run: { readonly runId: string; readonly clusterId: string },
  observer: RunObserver,
  control: RunControl,
): Promise<RunResult> {
  const { store, clock } = world;
  const { runId, clusterId } = run;
  observer.started({ runId, clusterId, watching: true });
  const passOn = (): void => void store.leases.requestCancel(clusterId);
  if (control.cancel.aborted) passOn();
  control.cancel.addEventListener('abort', passOn, { once: true });
  let view = initialView();
  const ended = (outcome: RunResult['outcome']): RunResult => {
    return { runId, outcome, view, exists: store.viewOf(clusterId).artefacts() };
  };
  try {
    for (;;) {
      const driven = store.leases.current(clusterId)?.runId === runId;
      for (const event of store.runs.events(runId, view.seq)) {
        view = reduce(view, event);
        observer.event(event, view);
      }
      // Looked at before reading: an end that was written in between has been read.
      if (!driven) {
        const state = store.runs.find(runId)?.state;
        return ended(state === undefined || state === 'running' || state === 'interrupted' ? 'left' : state);
      }
      await clock.sleep(lookMs, control.leave);
    }
  } catch (thrown) {
    if (control.leave.aborted || hasCode(thrown, 'engine.left')) return ended('left');
    throw thrown;
  } finally {
    control.cancel.removeEventListener('abort', passOn);
  }
}
