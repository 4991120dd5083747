import type { ErrorData } from '../errors/define.ts';

/** What a step works on. `local` is the person's own computer; `cluster` is the cluster through its API. */
export interface Target {
  readonly kind: 'machine' | 'cluster' | 'local' | 'vcenter';
  readonly name: string;
}

/** Real progress of one step. `label` says of what, such as an image's name: several labels run side by side. */
export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'objects' | 'percent';
}

export interface PlanView {
  readonly operation: string;
  readonly clusterId: string;
  readonly phases: readonly { readonly id: string; readonly title: string }[];
  readonly steps: readonly PlannedStepView[];
}

export interface PlannedStepView {
  readonly id: string;
  readonly phase: string;
  readonly target: Target;
  readonly needs: readonly string[];
  readonly after: readonly string[];
  readonly changes: string;
}

/**
 * Something that exists outside because of us, as the inventory records it before it is made. Found again by kind and
 * key: the container `node-1/etcd`, the file `node-1/etc/kubernetes/ssl/kube-ca.pem`.
 */
export interface Artefact {
  readonly kind: string;
  readonly key: string;
  /** The machine. */
  readonly where: string;
}

/** How the process fared, measured by the run itself. */
export interface RunMetrics {
  readonly elapsedMs: number;
  readonly peakRssBytes: number;
  readonly eventLoopDelayP99Ms: number;
  /** How often a step's `apply` was started. 0 = the run changed nothing. */
  readonly mutations: number;
}

type RunEventBody =
  | { readonly type: 'run.started'; readonly runId: string; readonly plan: PlanView }
  | { readonly type: 'run.resumed' }
  | { readonly type: 'run.cancelling' }
  | { readonly type: 'run.finished'; readonly outcome: RunOutcome; readonly metrics: RunMetrics }
  | { readonly type: 'step.checking'; readonly step: string; readonly attempt: number }
  | { readonly type: 'step.skipped'; readonly step: string; readonly reason: string }
  /** Journaled before anything is changed. */
  | { readonly type: 'step.applying'; readonly step: string; readonly attempt: number; readonly reason: string }
  | { readonly type: 'step.verifying'; readonly step: string; readonly attempt: number }
  /** It failed or was cancelled after it had begun to change something: what it can take back is taken back now. */
  | { readonly type: 'step.undoing'; readonly step: string }
  | { readonly type: 'step.progress'; readonly step: string; readonly progress: Progress }
  | { readonly type: 'step.warning'; readonly step: string; readonly text: string }
  | {
      readonly type: 'step.retrying';
      readonly step: string;
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: ErrorData;
    }
  | { readonly type: 'step.succeeded'; readonly step: string }
  | { readonly type: 'step.failed'; readonly step: string; readonly error: ErrorData }
  /** A step that it needs failed or was blocked or cancelled. */
  | { readonly type: 'step.blocked'; readonly step: string; readonly by: readonly string[] }
  | { readonly type: 'step.cancelled'; readonly step: string; readonly started: boolean };

/** `interrupted` is never written by the run itself: it is what a run without `run.finished` and without a lease is. */
export type RunOutcome = 'succeeded' | 'failed' | 'cancelled';

/** `seq` rises by one from 1 within a run; `at` is epoch ms. */
export type RunEvent = RunEventBody & { readonly seq: number; readonly at: number };
export type NewRunEvent = RunEventBody;
