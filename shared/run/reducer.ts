import type { PlanView, Progress, RunEvent } from './events.ts';
import { countedAs, endedCount, moveCount, phaseStatus, waitingCounts } from './phase-status.ts';
import { chunkSize, planIndex, stepAt, stepsOf } from './view.ts';
import type { PhaseView, RunView, StepState, StepView } from './view.ts';

const emptyPlan: PlanView = { operation: '', clusterId: '', phases: [], steps: [] };

/** Before the first event. */
export function initialView(): RunView {
  return {
    seq: 0,
    at: 0,
    status: 'queued',
    runId: '',
    plan: emptyPlan,
    startedAt: undefined,
    endedAt: undefined,
    sessionStartedAt: undefined,
    earlierMs: 0,
    resumes: 0,
    phases: [],
    stepChunks: [],
    counts: waitingCounts(0),
    mutations: 0,
    metrics: undefined,
  };
}

/**
 * Folds one journaled event into the view. Pure and total; desktop, web, command line, runner and tests share it.
 * Cost: one chunk of steps and the list of phases are copied, everything else is shared with the view before.
 */
export function reduce(view: RunView, event: RunEvent): RunView {
  // After a reconnect the client gets some events twice; the sequence number makes that harmless.
  if (event.seq <= view.seq) return view;
  const next: RunView = { ...view, seq: event.seq, at: event.at };
  switch (event.type) {
    case 'run.started':
      return begin(next, event.runId, event.plan);
    case 'run.resumed':
      return resume(next, view.at);
    case 'run.cancelling':
      return { ...next, status: 'cancelling' };
    case 'run.finished':
      return { ...next, status: event.outcome, metrics: event.metrics, endedAt: event.at };
    case 'step.applying':
      return reduceStep({ ...next, mutations: view.mutations + 1 }, event);
    case 'step.checking':
    case 'step.verifying':
    case 'step.undoing':
    case 'step.progress':
    case 'step.warning':
    case 'step.retrying':
    case 'step.skipped':
    case 'step.succeeded':
    case 'step.failed':
    case 'step.blocked':
    case 'step.cancelled':
      return reduceStep(next, event);
    default:
      return unreachable(event);
  }
}

type StepEvent = Extract<RunEvent, { readonly type: `step.${string}` }>;

/** The step's next state. `undefined` where the event says nothing about the state. */
function stepState(step: StepView, event: StepEvent): StepState | undefined {
  const startedAt = step.status === 'waiting' || step.status === 'blocked' ? undefined : step.startedAt;
  const active = { attempt: attemptOf(step), startedAt: startedAt ?? event.at, progress: progressOf(step) };
  const ended = { attempt: active.attempt, startedAt: active.startedAt, endedAt: event.at };
  switch (event.type) {
    case 'step.checking':
      return { status: 'checking', ...active, attempt: event.attempt, progress: [] };
    case 'step.applying':
      return { status: 'applying', ...active, attempt: event.attempt, reason: event.reason };
    case 'step.verifying':
      return { status: 'verifying', ...active, attempt: event.attempt };
    case 'step.undoing':
      return { status: 'undoing', ...active };
    case 'step.retrying': {
      const nextTryAt = event.at + event.delayMs;
      // The attempt is taken, not counted: a view built from a snapshot missed earlier ones.
      return { status: 'retrying', ...active, attempt: event.attempt, error: event.error, nextTryAt, progress: [] };
    }
    case 'step.skipped':
      return { status: 'skipped', ...ended, reason: event.reason };
    case 'step.succeeded':
      return { status: 'succeeded', ...ended };
    case 'step.failed':
      return { status: 'failed', ...ended, error: event.error };
    case 'step.blocked':
      return { status: 'blocked', by: event.by, endedAt: event.at };
    case 'step.cancelled':
      return { status: 'cancelled', startedAt, endedAt: event.at };
    case 'step.progress':
    case 'step.warning':
      return undefined;
    default:
      return unreachable(event);
  }
}

function reduceStep(view: RunView, event: StepEvent): RunView {
  const index = planIndex(view.plan).steps.get(event.step);
  const step = index === undefined ? undefined : stepAt(view, index);
  if (index === undefined || !step) return view; // a step that this plan does not know: nothing to show
  if (event.type === 'step.warning') {
    // A second attempt looks again and warns again.
    if (step.warnings.some(({ text }) => text === event.text)) return view;
    return withStep(view, index, { ...step, warnings: [...step.warnings, { at: event.at, text: event.text }] });
  }
  if (event.type === 'step.progress') {
    if (!('progress' in step)) return view;
    return withStep(view, index, { ...step, progress: withProgress(step.progress, event.progress) });
  }
  const state = stepState(step, event);
  if (!state) return view;
  const { id, phase, target, warnings } = step;
  const applied = step.applied || event.type === 'step.applying';
  return countStep(view, index, step, { id, phase, target, warnings, applied, ...state });
}

function countStep(view: RunView, index: number, before: StepView, after: StepView): RunView {
  const from = countedAs(before);
  const to = countedAs(after);
  const phaseAt = planIndex(view.plan).phases.get(after.phase);
  const phase = phaseAt === undefined ? undefined : view.phases[phaseAt];
  const next = withStep(view, index, after);
  const counts = moveCount(view.counts, from, to);
  if (phaseAt === undefined || !phase) return { ...next, counts };
  return { ...next, counts, phases: view.phases.with(phaseAt, countInPhase(phase, from, after, view.at)) };
}

function countInPhase(phase: PhaseView, from: ReturnType<typeof countedAs>, step: StepView, at: number): PhaseView {
  const counts = moveCount(phase.counts, from, countedAs(step));
  const begins = step.status !== 'waiting' && step.status !== 'blocked' && step.startedAt !== undefined;
  return {
    ...phase,
    counts,
    status: phaseStatus(counts),
    startedAt: phase.startedAt ?? (begins ? at : undefined),
    endedAt: endedCount(counts) === counts.total ? at : undefined,
    attempt: Math.max(phase.attempt, attemptOf(step)),
  };
}

function begin(view: RunView, runId: string, plan: PlanView): RunView {
  const steps = plan.steps.map(({ id, phase, target }): StepView => ({
    id,
    phase,
    target,
    warnings: [],
    applied: false,
    status: 'waiting',
  }));
  return countAll({ ...view, status: 'running', runId, plan, startedAt: view.at, sessionStartedAt: view.at }, steps);
}

/** What has not been done is to be done again, from its check: after a crash, a failure or a cancellation alike. */
function resume(view: RunView, lastAt: number): RunView {
  const steps = stepsOf(view).map((step): StepView => {
    if (step.status === 'succeeded' || step.status === 'skipped' || step.status === 'waiting') return step;
    const { id, phase, target, warnings, applied } = step;
    return { id, phase, target, warnings, applied, status: 'waiting' };
  });
  const endedAt = view.endedAt ?? lastAt;
  const earlierMs = view.earlierMs + Math.max(0, endedAt - (view.sessionStartedAt ?? endedAt));
  const session = { sessionStartedAt: view.at, earlierMs, resumes: view.resumes + 1, endedAt: undefined };
  return countAll({ ...view, ...session, status: 'running', metrics: undefined }, steps);
}

/** Builds chunks, counts and phases anew. Only at the start of a session: it looks at every step. */
function countAll(view: RunView, steps: readonly StepView[]): RunView {
  const stepChunks = Array.from({ length: Math.ceil(steps.length / chunkSize) }, (_, at) =>
    steps.slice(at * chunkSize, (at + 1) * chunkSize),
  );
  const byPhase = Map.groupBy(steps, (step) => step.phase);
  const phases = view.plan.phases.map(({ id, title }): PhaseView => {
    const own = byPhase.get(id) ?? [];
    const counts = countOf(own);
    const starts = own.flatMap((step) => ('startedAt' in step && step.startedAt !== undefined ? [step.startedAt] : []));
    const ends = own.flatMap((step) => ('endedAt' in step ? [step.endedAt] : []));
    return {
      id,
      title,
      status: phaseStatus(counts),
      counts,
      startedAt: earliest(starts),
      endedAt: endedCount(counts) === counts.total ? latest(ends) : undefined,
      attempt: 0,
    };
  });
  return { ...view, stepChunks, counts: countOf(steps), phases };
}

function countOf(steps: readonly StepView[]) {
  return steps.reduce((counts, step) => moveCount(counts, 'waiting', countedAs(step)), waitingCounts(steps.length));
}

function withStep(view: RunView, index: number, step: StepView): RunView {
  const chunkAt = Math.floor(index / chunkSize);
  const chunk = view.stepChunks[chunkAt] ?? [];
  return { ...view, stepChunks: view.stepChunks.with(chunkAt, chunk.with(index % chunkSize, step)) };
}

function attemptOf(step: StepView): number {
  return 'attempt' in step ? step.attempt : 0;
}

function progressOf(step: StepView): readonly Progress[] {
  return 'progress' in step ? step.progress : [];
}

function withProgress(all: readonly Progress[], progress: Progress): readonly Progress[] {
  const at = all.findIndex(({ label }) => label === progress.label);
  return at === -1 ? [...all, progress] : all.with(at, progress);
}

const earliest = (times: readonly number[]) =>
  times.reduce<number | undefined>((a, b) => Math.min(a ?? b, b), undefined);
const latest = (times: readonly number[]) => times.reduce<number | undefined>((a, b) => Math.max(a ?? b, b), undefined);

/** A new event type does not compile until it has a case; one from a newer version, read at run time, throws here. */
function unreachable(event: never): never {
  throw new TypeError(`Unknown run event: ${JSON.stringify(event)}`);
}
