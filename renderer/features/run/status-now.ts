import { statusLooks, type Status } from '#renderer/ui/status.ts';

/** What a phase or step is now: nobody is at work any more on what was under way when the run was interrupted. */
export function statusNow<S extends Status>(status: S, isInterrupted: boolean): S | 'interrupted' {
  const underWay = statusLooks[status].turns || status === 'undoing' || status === 'retrying';
  return isInterrupted && underWay ? 'interrupted' : status;
}
