import { hasCode } from '#shared/errors/define.ts';
import { runErrors } from '#shared/errors/run.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import { lookMs } from './run-end.ts';
import type { RunView } from '#shared/run/view.ts';
import type { Store } from '#main/store/store.ts';
import type { RunControl, RunObserver, RunResult } from './driving.ts';
import type { World } from '#main/api/world.ts';

export interface WatchedRun {
  readonly runId: string;
  readonly clusterId: string;
}

/**
 * Follows a run that another process drives, to its end or until that process is gone. A cancel is passed on to the
 * driver; leaving only ends the watching. A removal that has ended well is forgotten with its last events: its view stays
 * as it was seen last. @throws `run.unknown` when it is forgotten before anything of it was seen
 */
export async function watchRun(
  world: World,
  run: WatchedRun,
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
        return ended(outcomeOf(store, run, view));
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

/** Once nobody drives it. */
function outcomeOf(store: Store, run: WatchedRun, seen: RunView): RunResult['outcome'] {
  const record = store.runs.find(run.runId);
  if (record) return record.state === 'running' || record.state === 'interrupted' ? 'left' : record.state;
  if (store.clusters.nameOf(run.clusterId) !== undefined) return 'left'; // before it had journaled anything
  if (seen.seq === 0) throw runErrors.unknown({ run: run.runId });
  return 'succeeded'; // only the good end of a removal makes the inventory forget
}
