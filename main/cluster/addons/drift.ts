import type { ClusterRun } from '../cluster.ts';
import { difference } from './difference.ts';
import { type Manifest, objectsOf, refOf, titleOf } from './manifest.ts';

/** The first object that is gone or, where we wrote it in canonical form, no longer as written. */
export async function firstDrift(
  run: ClusterRun,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<string | undefined> {
  const looks = objectsOf(manifest).map(async (wanted) => {
    const live = await run.kube.get(refOf(wanted), signal);
    if (!live) return `${titleOf(refOf(wanted))} is gone`;
    const changed = manifest.drift === 'content' ? difference(wanted, live) : undefined;
    return changed === undefined ? undefined : `${titleOf(refOf(wanted))} has changed: ${changed}`;
  });
  return (await Promise.all(looks)).find((text) => text !== undefined);
}
