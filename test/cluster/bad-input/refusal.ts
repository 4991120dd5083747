import type { ErrorData } from '#shared/errors/define.ts';
import { eventsOf, told, type Ended } from '../support/person.ts';

/** By the step that failed; each step once, since a step that fails is not taken up again. */
export function failuresOf(ended: Ended): Readonly<Record<string, ErrorData>> {
  const failed = eventsOf(ended).flatMap((event) => (event.type === 'step.failed' ? [event] : []));
  if (failed.length === 0) throw new Error(`No step failed. slipway ended with ${told(ended)}`);
  return Object.fromEntries(failed.map(({ step, error }) => [step, error]));
}

/** The error of a command that did not even begin a run. */
export function errorOf(ended: Ended): ErrorData {
  for (const line of ended.lines) if (line.type === 'error' && isErrorData(line['error'])) return line['error'];
  throw new Error(`There is no error. slipway ended with ${told(ended)}`);
}

/** Steps of a phase that were tried more than once. */
export function triedAgain(ended: Ended, phase: string): readonly string[] {
  return eventsOf(ended).flatMap((event) =>
    (event.type === 'step.retrying' || (event.type === 'step.checking' && event.attempt > 1)) &&
    event.step.startsWith(`${phase}/`)
      ? [event.step]
      : [],
  );
}

function isErrorData(value: unknown): value is ErrorData {
  return typeof value === 'object' && value !== null && 'code' in value && 'chain' in value;
}
