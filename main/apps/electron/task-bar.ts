import { type ActiveRun, shareDone } from './active-runs.ts';

/** As Electron's `setProgressBar` wants it. */
const gone = -1;
const unknownShare = 2;

/** What the window's entry in the task bar or dock shows of the runs at work. */
export function taskBarProgress(runs: readonly ActiveRun[]): number {
  if (runs.length === 0) return gone;
  return shareDone(runs) ?? unknownShare;
}
