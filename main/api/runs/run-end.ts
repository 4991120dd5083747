import type { World } from '#main/api/world.ts';

/** How often we look at what another process may have written: it cannot tell us. */
export const lookMs = 200;

export interface RunEnd extends Disposable {
  /** Aborts when nobody drives the run any more, when the caller's signal does, and when this is disposed of. */
  readonly signal: AbortSignal;
}

/** Looks out for the end of a run, whoever drives it: what is in its log by then is all there will be. */
export function runEnd({ store, clock }: World, runId: string, signal: AbortSignal): RunEnd {
  const over = new AbortController();
  const left = AbortSignal.any([over.signal, signal]);
  const watch = async (): Promise<void> => {
    while (store.runs.find(runId)?.state === 'running') await clock.sleep(lookMs, left);
  };
  watch()
    .catch(() => undefined) // left
    .finally(() => over.abort());
  return { signal: left, [Symbol.dispose]: () => over.abort() };
}
