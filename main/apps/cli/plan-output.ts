import type { PlanResult } from '#main/api/runs/plan-run.ts';
import type { StepForecast } from '#main/engine/preview.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Printer } from './printer.ts';
import { errorLines } from './render/error-lines.ts';
import { busy, dim, good, line, strong, warn } from './render/line.ts';
import type { Line } from './render/line.ts';
import { duration, plural } from './render/quantity.ts';

/** What would change, phase by phase, and every finding that would make the run fail. */
export function printPlan(printer: Printer, { plan, preview, warnings, estimate }: PlanResult): void {
  for (const warning of warnings) printer.line(line(warn(`! ${warning}`)));
  const byPhase = Map.groupBy(preview, ({ step }) => step.phase);
  for (const { id, title } of plan.phases) {
    const own = byPhase.get(id) ?? [];
    if (own.length === 0 || own.every(isUnknown)) continue;
    const already = own.filter(({ kind }) => kind === 'already');
    printer.line(line(strong(title), already.length === own.length ? dim('  already so') : ''));
    for (const forecast of own) for (const spans of forecastLines(forecast, printer)) printer.line(spans);
  }
  // A screenful of them would hide the findings.
  const hidden = [...byPhase.values()].filter((own) => own.every(isUnknown)).flat().length;
  if (hidden > 0) printer.line(line(warn('? '), `${plural(hidden, 'more step')} could not be looked at before that.`));
  const faults = preview.filter(({ kind }) => kind === 'error').length;
  const changes = changesOf(preview);
  printer.text('');
  if (faults > 0) printer.text(`${plural(faults, 'step')} would fail: solve what it names first. Nothing was changed.`);
  else if (changes === 0) printer.text('Nothing to change: everything is as the spec says.');
  else {
    printer.text(
      `${plural(changes, 'step')} to do, ${String(preview.length - changes)} already so. Nothing was changed yet.`,
    );
    const basis = estimate.basis === 'history' ? 'as earlier runs here took' : 'on machines and networks like ours';
    printer.text(`It takes about ${duration(estimate.ms)}, ${basis}.`);
  }
}

/** How many steps the run would do. */
export function planChanges({ preview }: PlanResult): number {
  return changesOf(preview);
}

export function exitCodeOfPlan({ preview }: PlanResult): ExitCode {
  const codes = new Set(
    preview.flatMap((forecast) => (forecast.kind === 'error' ? exitCodeOfError(forecast.error) : [])),
  );
  const [only] = codes;
  if (only === undefined) return exitCodes.ok.code;
  return codes.size === 1 ? only : exitCodes.failed.code;
}

function changesOf(preview: readonly StepForecast[]): number {
  return preview.filter(({ kind }) => kind === 'will' || kind === 'after').length;
}

function isUnknown({ kind }: StepForecast): boolean {
  return kind === 'unknown';
}

function forecastLines(forecast: StepForecast, { symbols }: Printer): readonly Line[] {
  const { step } = forecast;
  const name = step.target.name;
  switch (forecast.kind) {
    case 'already':
      return []; // nobody approves what is not done
    case 'will':
      return [line('  ', good('+ '), `${name}: ${step.changes}`, dim(`  (${forecast.reason})`))];
    case 'after':
      return [line('  ', busy('+ '), `${name}: ${step.changes}`, dim('  (as far as needed)'))];
    case 'unknown':
      return [line('  ', warn('? '), `${name}: could not be looked at`)];
    case 'error':
      return errorLines({ ...forecast.error, target: forecast.error.target ?? name }, symbols, '  ');
  }
}
