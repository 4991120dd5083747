import { phaseElapsedMs } from '#shared/run/timeline.ts';
import { criticalPath } from './critical-path.ts';
import type { Floor } from './floor.ts';
import type { MeasuredUp } from './up.ts';

/** One round: both on the same machine, one right after the other. */
export interface Round {
  readonly floor: Floor;
  readonly up: MeasuredUp;
  readonly again: MeasuredUp;
  readonly ratio: number;
  /** Load average of the last minute when the round began: how much else this computer had to do. */
  readonly load: number;
}

export interface AddWorker {
  readonly up: MeasuredUp;
  /** Containers on the machine that was there before which are not the very same ones any more. */
  readonly touched: readonly string[];
}

/** Measured on such a computer with all images local: the previous generation, for comparison. */
const rke = { oneMachine: '68 s', again: '18 s', addWorker: '63 s' };

export const limits = { ratio: 1.5, againMs: 5000, peakRssBytes: 250e6, eventLoopDelayP99Ms: 50 } as const;

export function medianBy<T>(values: readonly T[], key: (value: T) => number): T {
  const sorted = values.toSorted((a, b) => key(a) - key(b));
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('There is no median of nothing.');
  return middle;
}

export function report(rounds: readonly Round[], worker: AddWorker | undefined): string {
  const round = medianBy(rounds, ({ ratio }) => ratio);
  const again = medianBy(rounds, (each) => each.again.elapsedMs).again;
  const { metrics } = round.up;
  const rows = [
    ['', 'SLIPWAY', 'LIMIT', 'RKE'],
    ['floor, one machine', seconds(round.floor.rolledOutMs), '', ''],
    ['up, one machine', seconds(round.up.elapsedMs), `${limits.ratio} × floor`, rke.oneMachine],
    ['  ratio, median', `${round.ratio.toFixed(2)} ×`, `${limits.ratio} ×`, ''],
    ['  ratios', rounds.map(({ ratio }) => ratio.toFixed(2)).join(' '), '', ''],
    ['second up', seconds(again.elapsedMs), seconds(limits.againMs), rke.again],
    ['  changes', String(again.metrics.mutations), '0', ''],
    ...(worker
      ? [
          ['add a worker', seconds(worker.up.elapsedMs), '', rke.addWorker],
          ['  containers touched elsewhere', String(worker.touched.length), '0', ''],
        ]
      : []),
    ['memory, peak', megabytes(metrics.peakRssBytes), megabytes(limits.peakRssBytes), ''],
    ['event loop delay, p99', `${metrics.eventLoopDelayP99Ms.toFixed(1)} ms`, `${limits.eventLoopDelayP99Ms} ms`, ''],
    ['load average at the starts', rounds.map(({ load }) => load.toFixed(1)).join(' '), '', ''],
  ];
  return [table(rows), '', ...whereItGoes(round), '', ...phases(round.up)].join('\n');
}

/** The same three states in both, and the chain of steps that decided when `up` ended. */
function whereItGoes({ floor, up }: Round): readonly string[] {
  const start = (up.view.startedAt ?? 0) - up.beforeRunMs;
  const reached = (phase: string) => (up.view.phases.find(({ id }) => id === phase)?.endedAt ?? start) - start;
  const states: readonly (readonly [string, number, number])[] = [
    ['API ready', floor.apiReadyMs, reached('control-plane')],
    ['node Ready', floor.nodeReadyMs, reached('node-ready')],
    ['add-ons rolled out', floor.rolledOutMs, up.elapsedMs],
  ];
  const path = criticalPath(up.view);
  return [
    'Where the time between floor and up goes',
    table([
      ['STATE REACHED', 'FLOOR', 'UP', 'MORE'],
      ...states.map(([state, least, ours]) => [state, seconds(least), seconds(ours), seconds(ours - least)]),
    ]),
    '',
    'The chain of steps that decided when up ended',
    table([
      ['start of the process', seconds(up.beforeRunMs)],
      ...path.map(({ step, ms }) => [step, seconds(ms)]),
      ['end of the process', seconds(up.afterRunMs)],
    ]),
  ];
}

function phases({ view }: MeasuredUp): readonly string[] {
  const start = view.startedAt ?? 0;
  return [
    'All phases of up',
    table([
      ['PHASE', 'FROM', 'TOOK'],
      ...view.phases
        .filter(({ startedAt }) => startedAt !== undefined)
        .map((phase) => [
          phase.title,
          seconds((phase.startedAt ?? start) - start),
          seconds(phaseElapsedMs(phase, view.at)),
        ]),
    ]),
  ];
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** First column to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => `  ${row.map(pad).join('   ').trimEnd()}`).join('\n');
}
