import type { Finding } from '#main/cluster/vsphere-port.ts';
import type { StepForecast } from '#main/engine/preview.ts';
import type { ErrorData } from '#shared/errors/define.ts';

/** What a look before the run found wrong, as one list for the person. */
export interface PlanFinding extends Finding {
  /** Of the step that would fail or has warned; `undefined` for what vCenter's preflight found. */
  readonly step: string | undefined;
}

export interface StepWarning {
  readonly step: string;
  readonly text: string;
}

/**
 * Errors first, each once.
 * @param vcenter what vCenter's preflight answered: the step that asked for it tells the same as one error and as texts.
 */
export function planFindings(
  preview: readonly StepForecast[],
  warnings: readonly StepWarning[],
  vcenter: readonly Finding[],
): readonly PlanFinding[] {
  const target = new Map(preview.map(({ step }) => [step.id, step.target.name]));
  const told = new Set(vcenter.map(({ subject, problem, remedy }) => `${subject}: ${problem} ${remedy}`));
  const found = [
    ...vcenter.map((finding) => ({ ...finding, step: undefined })),
    ...preview.flatMap((forecast) => {
      if (forecast.kind !== 'error' || (forecast.error.code === vcenterUnfit && vcenter.length > 0)) return [];
      return problemsOf(forecast.error).map((error) => ({
        severity: 'error' as const,
        subject: error.target ?? forecast.step.target.name,
        problem: error.cause,
        remedy: error.hint,
        step: forecast.step.id,
      }));
    }),
    ...warnings
      .filter(({ text }) => !told.has(text))
      .map(({ step, text }) => ({
        severity: 'warning' as const,
        subject: target.get(step) ?? step,
        problem: text,
        remedy: '',
        step,
      })),
  ];
  const distinct = [...new Map(found.map((one) => [`${one.severity} ${one.subject} ${one.problem}`, one])).values()];
  return distinct.toSorted((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}

const vcenterUnfit = 'provision.preflight_failed';

/** They say that there are problems; their chain says which. */
const standForSeveral: ReadonlySet<string> = new Set([
  vcenterUnfit,
  'preflight.machine_unfit',
  'preflight.machines_clash',
  'registry.images_unusable',
]);

function problemsOf(error: ErrorData): readonly ErrorData[] {
  return standForSeveral.has(error.code) && error.chain.length > 0 ? error.chain : [error];
}
