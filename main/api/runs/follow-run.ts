import type { RunEvent } from '#shared/run/events.ts';
import type { RunView } from '#shared/run/view.ts';
import { runErrors } from '#shared/errors/run.ts';
import { lookMs, runEnd } from './run-end.ts';
import type { RunViews } from './run-views.ts';
import type { LogLine } from '#main/store/runs/run-log.ts';
import type { RunSummary } from './run-summary.ts';
import type { World } from '#main/api/world.ts';

/** A reader that missed more gets a snapshot: it is smaller, and quicker to show. */
const mostEventsBehind = 1000;

export type RunChange =
  | { readonly kind: 'snapshot'; readonly state: RunSummary['state']; readonly view: RunView }
  | { readonly kind: 'events'; readonly events: readonly RunEvent[] }
  /** The last one. `clusterGone`: it was a removal, and with its end the inventory has forgotten cluster and run. */
  | { readonly kind: 'ended'; readonly state: RunSummary['state']; readonly clusterGone: boolean };

/**
 * A run from `after` (the last `seq` that was seen, 0 for none) to its end, whoever drives it: first a snapshot, unless
 * `after` is near; then events. Pulled: between two looks the journal keeps what the reader has not asked for.
 * @throws `run.unknown`
 */
export async function* followRun(
  { store, clock }: World,
  views: RunViews,
  { runId, after }: { readonly runId: string; readonly after: number },
  signal: AbortSignal,
): AsyncGenerator<RunChange, void> {
  if (!store.runs.find(runId)) throw runErrors.unknown({ run: runId });
  let seq = after;
  for (;;) {
    // Looked at before reading: an end that was written in between has been read.
    const run = store.runs.find(runId);
    if (!run) break;
    const last = store.runs.lastSeq(runId);
    if (seq === 0 || seq > last || last - seq > mostEventsBehind) {
      const view = await views.current(runId, signal);
      if (!store.runs.find(runId)) break; // forgotten while it was read: that may be a part only
      yield { kind: 'snapshot', state: run.state, view };
      seq = view.seq;
    } else if (last > seq) {
      const events = store.runs.events(runId, seq);
      if (events.length > 0) yield { kind: 'events', events };
      seq = events.at(-1)?.seq ?? seq;
    }
    if (run.state === 'running') await clock.sleep(lookMs, signal);
    else if (store.runs.lastSeq(runId) === seq) {
      yield { kind: 'ended', state: run.state, clusterGone: false };
      return;
    }
  }
  // Only the good end of a removal makes the inventory forget a run. Who drove it here has seen that end.
  const view = views.seen(runId);
  if (view?.status === 'succeeded' && view.seq > seq) yield { kind: 'snapshot', state: 'succeeded', view };
  yield { kind: 'ended', state: 'succeeded', clusterGone: true };
}

export interface NumberedLines {
  readonly lines: readonly (LogLine & { readonly number: number })[];
  /** Number of the last line that was looked at, whatever its step. */
  readonly next: number;
}

const coalesceMs = 50;
const mostLines = 500;
const mostCharacters = 256 * 1024;

/**
 * The lines after the given number to the end of the run, in batches; new ones at most every 50 ms. Pulled, too: the log
 * file keeps what the reader has not asked for. Numbers count from 1 over the lines of all steps.
 * @throws `run.unknown`
 */
export async function* followRunLog(
  world: World,
  which: { readonly runId: string; readonly step: string | undefined; readonly after: number },
  signal: AbortSignal,
): AsyncGenerator<NumberedLines, void> {
  const { store, clock } = world;
  const { runId, step, after } = which;
  if (!store.runs.find(runId)) throw runErrors.unknown({ run: runId });
  using end = runEnd(world, runId, signal);
  const left = end.signal;
  let number = 0;
  for await (const page of store.followLogPages(runId, 0, left)) {
    const first = number + 1;
    number += page.lines.length;
    const wanted = page.lines
      .map((line, index) => ({ ...line, number: first + index }))
      .filter((line) => line.number > after && (step === undefined || line.step === step));
    yield* batches(wanted, number);
    if (!left.aborted) await clock.sleep(coalesceMs, left).catch(() => undefined); // told to stop: read the rest now
    if (signal.aborted) return;
  }
}

function* batches(lines: NumberedLines['lines'], last: number): Generator<NumberedLines, void> {
  let batch: NumberedLines['lines'][number][] = [];
  let characters = 0;
  for (const line of lines) {
    if (batch.length === mostLines || characters > mostCharacters) {
      yield { lines: batch, next: line.number - 1 };
      batch = [];
      characters = 0;
    }
    batch.push(line);
    characters += line.line.length;
  }
  if (batch.length > 0) yield { lines: batch, next: last };
}
