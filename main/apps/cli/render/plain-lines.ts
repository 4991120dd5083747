import type { ErrorData } from '#shared/errors/define.ts';
import { phaseElapsedMs, runElapsedMs } from '#shared/run/timeline.ts';
import { planIndex, stepOf, stepsOf } from '#shared/run/view.ts';
import type { RunEvent } from '#shared/run/events.ts';
import type { RunView } from '#shared/run/view.ts';
import { errorLines } from './error-lines.ts';
import { bad, dim, good, line, strong, warn } from './line.ts';
import type { Line } from './line.ts';
import { duration, plural } from './quantity.ts';
import type { Symbols } from './symbols.ts';

/**
 * What one event has to say where nothing can be painted over: a pipe, a file, a CI log.
 * @param view after the event.
 * @returns nothing for events that change no state a person waits for (a look, a byte count).
 */
export function plainLines(event: RunEvent, view: RunView): readonly Line[] {
  const at = dim(`${clockTime(event.at)}  `);
  switch (event.type) {
    case 'run.started':
      return [line(at, `run ${event.runId}: ${event.plan.operation}, ${plural(event.plan.steps.length, 'step')}`)];
    case 'run.resumed':
      return [line(at, `run ${view.runId} goes on`)];
    case 'run.cancelling':
      return [line(at, warn('cancelling: what has begun ends first'))];
    case 'run.finished':
      return [line(at, `run ${view.runId} ${event.outcome} after ${duration(runElapsedMs(view, event.at))}`)];
    case 'step.applying': {
      const attempt = event.attempt > 1 ? `, attempt ${String(event.attempt)}` : '';
      return [line(at, `${stepName(event.step, view)}: ${event.reason}${attempt} …`)];
    }
    case 'step.skipped':
      return [line(at, `${stepName(event.step, view)}: `, dim(`already so (${event.reason})`))];
    case 'step.warning':
      return [line(at, warn(`${stepName(event.step, view)}: ${event.text}`))];
    case 'step.retrying': {
      const next = `attempt ${String(event.attempt)} failed, next in ${duration(event.delayMs)}`;
      return [line(at, warn(`${stepName(event.step, view)}: ${next}: ${event.error.cause}`))];
    }
    case 'step.succeeded':
      return [line(at, `${stepName(event.step, view)}: `, good('done'), dim(elapsedOf(event.step, view)))];
    case 'step.failed':
      return [line(at, bad(`${stepName(event.step, view)}: failed: ${event.error.cause}`))];
    case 'step.blocked':
      return [line(at, warn(`${stepName(event.step, view)}: not done, because of ${event.by.join(', ')}`))];
    case 'step.undoing':
      return [line(at, warn(`${stepName(event.step, view)}: taking back what it had begun …`))];
    case 'step.cancelled':
      return event.started ? [line(at, warn(`${stepName(event.step, view)}: cancelled`))] : [];
    case 'step.checking':
    case 'step.verifying':
    case 'step.progress':
      return [];
  }
}

/** One row per phase with how it ended and how long it took, and below it what the run cost. */
export function summaryRows(view: RunView): readonly (readonly string[])[] {
  const now = view.at;
  return view.phases.map((phase) => {
    const { counts } = phase;
    const of = (count: number, word: string) => (count === 0 ? [] : [`${String(count)} ${word}`]);
    const parts = [
      ...of(counts.succeeded, 'done'),
      ...of(counts.skipped, 'already so'),
      ...of(counts.failed, 'failed'),
      ...of(counts.blocked, 'blocked'),
      ...of(counts.cancelled, 'cancelled'),
      ...of(counts.waiting + counts.running, 'open'),
    ];
    const time = phase.startedAt === undefined ? '' : duration(phaseElapsedMs(phase, now));
    return [phase.title, time, parts.join(', ')];
  });
}

/** What went wrong, step by step in the plan's order, each error with its object, remedy and reasons. */
export function failureLines(view: RunView, symbols: Symbols): readonly Line[] {
  return stepsOf(view).flatMap((step) =>
    step.status === 'failed'
      ? [line(strong(stepName(step.id, view))), ...errorLines(withTarget(step.error, step.target.name), symbols, '  ')]
      : [],
  );
}

function stepName(step: string, view: RunView): string {
  const found = stepOf(view, step);
  const phaseAt = found && planIndex(view.plan).phases.get(found.phase);
  const title = phaseAt === undefined ? undefined : view.plan.phases[phaseAt]?.title;
  return found && title !== undefined ? `${title} on ${found.target.name}` : step;
}

function withTarget(error: ErrorData, name: string): ErrorData {
  return { ...error, target: error.target ?? name };
}

function elapsedOf(id: string, view: RunView): string {
  const step = stepOf(view, id);
  return step?.status === 'succeeded' ? ` in ${duration(step.endedAt - step.startedAt)}` : '';
}

function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
