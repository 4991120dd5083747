import type { PlanFinding, PlannedRun } from '#renderer/lib/client/answers.ts';

/** What a look at the plan found, by what it means for the run. */
export function findingsOf({ findings, warnings }: Pick<PlannedRun, 'findings' | 'warnings'>): {
  readonly stop: readonly PlanFinding[];
  readonly warn: readonly PlanFinding[];
} {
  // In a warning's text the same finding stands with its subject before and its remedy behind.
  const ofSpec = warnings.filter((text) => !findings.some(({ problem }) => text.includes(problem)));
  return {
    stop: findings.filter(({ severity }) => severity === 'error'),
    warn: [
      ...findings.filter(({ severity }) => severity === 'warning'),
      ...ofSpec.map((problem) => ({ severity: 'warning', subject: '', problem, remedy: '' }) as const),
    ],
  };
}
