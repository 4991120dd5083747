import type { ErrorData } from '../errors/define.ts';
import type { PlanView, Progress, RunMetrics, RunOutcome, Target } from './events.ts';

/** `interrupted` is not here: it is what a run that has not ended and that nobody drives is (events plus lease). */
export type RunStatus = 'queued' | 'running' | 'cancelling' | RunOutcome;

/**
 * What the person sees of a run. Plain data, so it can be sent as it is; every value that did not change is the very
 * same object in the next view.
 */
export interface RunView {
  /** Of the last event folded in; 0 before the first. */
  readonly seq: number;
  /** Epoch ms of the last event. */
  readonly at: number;
  readonly status: RunStatus;
  readonly runId: string;
  readonly plan: PlanView;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Start of the present session: of the run, or of its last resume. */
  readonly sessionStartedAt: number | undefined;
  /** What the sessions before this one took; the gaps between sessions do not count. */
  readonly earlierMs: number;
  readonly resumes: number;
  readonly phases: readonly PhaseView[];
  /** In the plan's order, in chunks of `chunkSize`: one event copies one chunk, not 15 000 steps. See `stepsOf`. */
  readonly stepChunks: readonly (readonly StepView[])[];
  readonly counts: Counts;
  /** How often a step's apply was started. */
  readonly mutations: number;
  readonly metrics: RunMetrics | undefined;
}

/** How many steps are in which state. `running` includes those that wait for their next attempt. */
export interface Counts {
  readonly total: number;
  readonly waiting: number;
  readonly running: number;
  readonly succeeded: number;
  readonly skipped: number;
  readonly failed: number;
  readonly blocked: number;
  readonly cancelled: number;
}

export type PhaseStatus = Exclude<keyof Counts, 'total'>;

export interface PhaseView {
  readonly id: string;
  readonly title: string;
  readonly status: PhaseStatus;
  readonly counts: Counts;
  /** Of its first step. */
  readonly startedAt: number | undefined;
  /** Of its last step, once all have ended. */
  readonly endedAt: number | undefined;
  /** The highest of its steps' attempts in this session; 0 before the first. */
  readonly attempt: number;
}

export interface Warning {
  readonly at: number;
  readonly text: string;
}

interface StepBase {
  readonly id: string;
  readonly phase: string;
  readonly target: Target;
  readonly warnings: readonly Warning[];
  /** Its apply has been started in this run, in any attempt or session: it may have left something. */
  readonly applied: boolean;
}

interface Active {
  readonly attempt: number;
  /** Of its first attempt in this session. */
  readonly startedAt: number;
  /** The last value per label, in the order in which the labels came up. */
  readonly progress: readonly Progress[];
}

/** A state replaces the one before and never merges with it: the error of attempt 1 cannot survive into attempt 2. */
export type StepState =
  | { readonly status: 'waiting' }
  | ({ readonly status: 'checking' } & Active)
  | ({ readonly status: 'applying'; readonly reason: string } & Active)
  | ({ readonly status: 'verifying' } & Active)
  | ({ readonly status: 'undoing' } & Active)
  | ({ readonly status: 'retrying'; readonly error: ErrorData; readonly nextTryAt: number } & Active)
  | {
      readonly status: 'skipped';
      readonly reason: string;
      readonly attempt: number;
      readonly startedAt: number;
      readonly endedAt: number;
    }
  | {
      readonly status: 'succeeded';
      readonly attempt: number;
      readonly startedAt: number;
      readonly endedAt: number;
    }
  | {
      readonly status: 'failed';
      readonly error: ErrorData;
      readonly attempt: number;
      readonly startedAt: number;
      readonly endedAt: number;
    }
  | { readonly status: 'blocked'; readonly by: readonly string[]; readonly endedAt: number }
  | {
      readonly status: 'cancelled';
      /** `undefined` when it had not begun. */
      readonly startedAt: number | undefined;
      readonly endedAt: number;
    };

export type StepView = StepBase & StepState;

/** About the square root of the 15 000 steps of a thousand machines: chunk and list of chunks are equally cheap. */
export const chunkSize = 128;

/** All steps in the plan's order. */
export function stepsOf(view: RunView): readonly StepView[] {
  return view.stepChunks.flat();
}

export function stepOf(view: RunView, id: string): StepView | undefined {
  const index = planIndex(view.plan).steps.get(id);
  return index === undefined ? undefined : stepAt(view, index);
}

export function stepAt(view: RunView, index: number): StepView | undefined {
  return view.stepChunks[Math.floor(index / chunkSize)]?.[index % chunkSize];
}

/** The steps of one phase, in the plan's order. */
export function stepsOfPhase(view: RunView, phase: string): readonly StepView[] {
  return stepsOf(view).filter((step) => step.phase === phase);
}

/** All warnings, oldest first. */
export function warningsOf(view: RunView): readonly (Warning & { readonly step: string })[] {
  return stepsOf(view)
    .flatMap(({ id, warnings }) => warnings.map((warning) => ({ ...warning, step: id })))
    .sort((a, b) => a.at - b.at);
}

export interface PlanIndex {
  readonly steps: ReadonlyMap<string, number>;
  readonly phases: ReadonlyMap<string, number>;
}

const indexes = new WeakMap<PlanView, PlanIndex>();

/** Where each step and phase is in its list. Remembered per plan, so the view itself stays plain data. */
export function planIndex(plan: PlanView): PlanIndex {
  let index = indexes.get(plan);
  if (!index) {
    index = {
      steps: new Map(plan.steps.map((step, at) => [step.id, at])),
      phases: new Map(plan.phases.map((phase, at) => [phase.id, at])),
    };
    indexes.set(plan, index);
  }
  return index;
}
