import { m } from '#renderer/messages/catalogue.ts';
import type { RunState } from '#renderer/lib/client/answers.ts';
import type { PhaseStatus, RunView } from '#shared/run/view.ts';

const ended: readonly PhaseStatus[] = ['succeeded', 'failed', 'cancelled', 'blocked'];

/** Says each phase that has ended since the last look, and the end of the run; nothing of what had ended before. */
export function announcePhases(say: (text: string) => void): (view: RunView, state: RunState | undefined) => void {
  let before: { readonly phases: RunView['phases']; readonly state: RunState } | undefined;
  return ({ phases }, state) => {
    if (state === undefined) return;
    const known = new Map(before?.phases.map(({ id, status }) => [id, status]));
    const news = phases
      .filter(({ id, status }) => before && ended.includes(status) && known.get(id) !== status)
      .map(({ title, status }) => m.run.phaseEnded(title, m.status[status]));
    if (before && before.state !== state && state !== 'running') news.push(m.run.ended(m.status[state]));
    if (news.length > 0) say(news.join('. '));
    before = { phases, state };
  };
}
