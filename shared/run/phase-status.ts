import type { Counts, PhaseStatus, StepView } from './view.ts';

/** The count that a step is part of. */
export function countedAs(step: StepView): PhaseStatus {
  switch (step.status) {
    case 'checking':
    case 'applying':
    case 'verifying':
    case 'undoing':
    case 'retrying':
      return 'running';
    default:
      return step.status;
  }
}

/** Counts for steps that all wait. */
export function waitingCounts(total: number): Counts {
  return { total, waiting: total, running: 0, succeeded: 0, skipped: 0, failed: 0, blocked: 0, cancelled: 0 };
}

export function moveCount(counts: Counts, from: PhaseStatus, to: PhaseStatus): Counts {
  if (from === to) return counts;
  return { ...counts, [from]: counts[from] - 1, [to]: counts[to] + 1 };
}

/** How many have ended, whatever the outcome. */
export function endedCount(counts: Counts): number {
  return counts.total - counts.waiting - counts.running;
}

/**
 * One word for many steps. A phase runs from its first step's start to its last step's end; a failed step shows in the
 * counts at once and in the word at the end, where the worst outcome wins.
 */
export function phaseStatus(counts: Counts): PhaseStatus {
  if (counts.total === 0) return 'skipped';
  if (counts.waiting === counts.total) return 'waiting';
  if (endedCount(counts) < counts.total) return 'running';
  if (counts.failed > 0) return 'failed';
  if (counts.cancelled > 0) return 'cancelled';
  if (counts.blocked > 0) return 'blocked';
  return counts.succeeded > 0 ? 'succeeded' : 'skipped';
}
