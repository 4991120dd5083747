import type { Artefact, RunEvent, RunOutcome } from '#shared/run/events.ts';
import type { RunView } from '#shared/run/view.ts';

/** How the caller stops a run: `cancel` is cooperative, `leave` stops driving at once so that it can be resumed. */
export interface RunControl {
  readonly cancel: AbortSignal;
  readonly leave: AbortSignal;
}

/** What the caller sees of it on the way. */
export interface RunObserver {
  /** Called once, before the first event. `watching`: somebody else drives it, we only follow. */
  started(run: { readonly runId: string; readonly clusterId: string; readonly watching: boolean }): void;
  event(event: RunEvent, view: RunView): void;
  log(step: string, line: string): void;
}

/** What the caller gets at its end. */
export interface RunResult {
  readonly runId: string;
  readonly outcome: RunOutcome | 'left';
  readonly view: RunView;
  /** What exists on the machines because of this cluster, by kind and key. */
  readonly exists: readonly Artefact[];
}
