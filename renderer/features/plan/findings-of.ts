import type { PlanFinding, PlannedRun } from '#renderer/lib/client/answers.ts';

/** What a look at the plan found, by what it means for the run. */
export function findingsOf({ findings, warnings }: Pick<PlannedRun, 'findings' | 'warnings'>): {
  readonly stop: readonly PlanFinding[];
  readonly warn: readonly PlanFinding[];
} {
  const known = new Set(findings.map(({ problem }) => problem));
  const ofSpec = warnings.filter((text) => !known.has(text));
  return {
    stop: findings.filter(({ severity }) => severity === 'error'),
    warn: [
      ...findings.filter(({ severity }) => severity === 'warning'),
      ...ofSpec.map((problem) => ({ severity: 'warning', subject: '', problem, remedy: '' }) as const),
    ],
  };
}
