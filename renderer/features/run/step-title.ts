import { m } from '#renderer/messages/catalogue.ts';
import { planIndex, type RunView, type StepView } from '#shared/run/view.ts';

/** `Install Docker on node-1`. */
export function stepTitle(view: Pick<RunView, 'plan'>, step: Pick<StepView, 'phase' | 'target'>): string {
  return m.run.step(phaseTitle(view, step.phase), step.target.name);
}

export function phaseTitle(view: Pick<RunView, 'plan'>, phase: string): string {
  const at = planIndex(view.plan).phases.get(phase);
  return (at === undefined ? undefined : view.plan.phases[at]?.title) ?? phase;
}
