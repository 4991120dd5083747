import type { RunView } from '#shared/run/view.ts';
import { lookMs } from './run-end.ts';
import type { RunViews } from './run-views.ts';
import { type RunSummary, runSummary } from './run-summary.ts';
import type { World } from '#main/api/world.ts';

/** A run that somebody drives now, and how far it is. */
export interface ActiveRun extends RunSummary {
  /** In steps, whatever became of those that have ended. */
  readonly progress: { readonly done: number; readonly total: number };
}

/**
 * All runs that anybody drives, oldest first: at once, and again when they have changed since the reader last looked.
 * Until the signal aborts.
 */
export async function* followActiveRuns(
  world: World,
  views: RunViews,
  signal: AbortSignal,
): AsyncGenerator<readonly ActiveRun[], void> {
  let shown: string | undefined;
  while (!signal.aborted) {
    const runs = await activeRuns(world, views, signal);
    const found = JSON.stringify(runs);
    if (found !== shown) {
      shown = found;
      yield runs;
    }
    await world.clock.sleep(lookMs, signal).catch(() => undefined); // told to stop: the loop ends
  }
}

async function activeRuns({ store }: World, views: RunViews, signal: AbortSignal): Promise<readonly ActiveRun[]> {
  const found: ActiveRun[] = [];
  for (const { clusterId, runId } of store.leases.all()) {
    const run = store.runs.find(runId);
    const name = store.clusters.nameOf(clusterId);
    // It has the lease, but has journaled nothing yet; or both are gone, since a removal has ended meanwhile.
    if (!run || name === undefined || run.state !== 'running') continue;
    const view = await views.current(runId, signal);
    found.push({ ...runSummary(run, { name }), progress: progressOf(view) });
  }
  return found.toSorted((a, b) => a.startedAt - b.startedAt);
}

function progressOf({ counts: { total, waiting, running } }: RunView): ActiveRun['progress'] {
  return { done: total - waiting - running, total };
}
