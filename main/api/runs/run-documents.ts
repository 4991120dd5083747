import * as v from 'valibot';
import type { RunRecord } from '#main/store/runs/runs.ts';
import { RunDocument } from './run-document.ts';
import type { World } from '#main/api/world.ts';

/**
 * What the runs of a cluster were made from, newest first; of those that this version can read, and that `wanted` lets
 * through. The inventory keeps the spec; where its `file:` references start, only runs know.
 */
export function* documentsOf(
  { store }: Pick<World, 'store'>,
  clusterId: string,
  wanted: (run: RunRecord) => boolean = () => true,
): Generator<RunDocument, undefined> {
  for (const run of store.runs.list(clusterId)) {
    if (!wanted(run)) continue;
    const document = v.safeParse(RunDocument, store.runs.document(run.runId));
    if (document.success) yield document.output;
  }
}
