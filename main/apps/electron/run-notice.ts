import type { RunState } from '#shared/contract/index.ts';
import { hasCode } from '#shared/errors/define.ts';
import type { ActiveRun } from './active-runs.ts';
import { texts } from './texts.ts';

export interface Notice {
  readonly title: string;
  readonly body: string;
}

export interface NoticeParts {
  /** How the run ended. @throws `store.cluster_unknown` when the inventory knows its cluster no more. */
  stateOf(run: ActiveRun): Promise<RunState | undefined>;
  /** Somebody looks at the window. */
  isWatched(): boolean;
  show(notice: Notice, onClick: () => void): void;
  open(page: string): void;
}

/**
 * One notification per end of a run, for who is not looking; none for phases. A click opens the run, or the list of
 * clusters when a removal has taken the run with it.
 */
export async function noticeEnd(run: ActiveRun, { stateOf, isWatched, show, open }: NoticeParts): Promise<void> {
  if (isWatched()) return;
  const { page, state } = await endOf(run, stateOf);
  if (state === undefined || state === 'running') return; // another process has taken it over
  show(texts.ended(run, state), () => open(page));
}

async function endOf(
  run: ActiveRun,
  stateOf: NoticeParts['stateOf'],
): Promise<{ readonly page: string; readonly state: RunState | undefined }> {
  try {
    return { page: pageOfRun(run), state: await stateOf(run) };
  } catch (thrown) {
    // A removal that has succeeded leaves no trace in the inventory.
    if (run.operation === 'remove' && hasCode(thrown, 'store.cluster_unknown')) {
      return { page: '/clusters', state: 'succeeded' };
    }
    throw thrown;
  }
}

export function pageOfRun({ runId }: Pick<ActiveRun, 'runId'>): string {
  return `/runs/${encodeURIComponent(runId)}`;
}
