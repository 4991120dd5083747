import type { Journal } from '#main/engine/journal.ts';
import type { Artefact, NewRunEvent } from '#shared/run/events.ts';
import type { Clusters } from '#main/store/inventory/clusters.ts';
import type { Database } from '#main/store/database/database.ts';
import { artefactsOf } from '#main/store/inventory/inventory-view.ts';

/**
 * The journal of a removal. With its good end the cluster is forgotten, in one transaction: whoever looks finds either a
 * run that goes on or no run, and a process that is killed at any moment leaves one that can be resumed to its end.
 */
export interface RemovalJournal extends Journal {
  /** What was still recorded to exist when the cluster was forgotten; `undefined` as long as it is not. */
  leftBehind(): readonly Artefact[] | undefined;
}

export function removalJournalIn(
  db: Database,
  { journal, clusters }: { readonly journal: Journal; readonly clusters: Pick<Clusters, 'remove'> },
  clusterId: string,
): RemovalJournal {
  let left: readonly Artefact[] | undefined;
  return {
    ...journal,
    append: (runId, events) => {
      if (!events.some(isGoodEnd)) return journal.append(runId, events);
      const { written, exists } = db.transaction(() => {
        const found = artefactsOf(db, clusterId);
        const appended = journal.append(runId, events); // for whoever drives the run: it needs the end to see it
        clusters.remove(clusterId, { forgetWhatExists: true });
        return { written: appended, exists: found };
      });
      left = exists;
      return written;
    },
    leftBehind: () => left,
  };
}

const isGoodEnd = (event: NewRunEvent): boolean => event.type === 'run.finished' && event.outcome === 'succeeded';
