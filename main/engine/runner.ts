import { engineErrors } from '#shared/errors/engine.ts';
import type { Json } from '#shared/json.ts';
import type { RunOutcome } from '#shared/run/events.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import { runElapsedMs } from '#shared/run/timeline.ts';
import type { RunView } from '#shared/run/view.ts';
import { drive } from './drive.ts';
import type { Leases } from './journal.ts';
import { withLease } from './lease.ts';
import type { Meter } from './meter.ts';
import { checkPlan } from './plan-check.ts';
import type { Plan } from './plan.ts';
import { planView } from './plan.ts';
import { defaultRetry } from './retry.ts';
import type { RetryPolicy } from './retry.ts';
import type { SessionOptions } from './session.ts';

/** Everything that a run needs and that is not the run itself. */
export interface RunnerOptions<Ports> extends Omit<SessionOptions<Ports>, 'runId' | 'plan' | 'retry'> {
  readonly leases: Leases;
  readonly meter: Meter;
  readonly retry?: RetryPolicy;
  /** Between two heartbeats of the lease; 5 s when left out. */
  readonly heartbeatMs?: number;
  readonly signals: {
    /** Cooperative: running steps are asked to stop, the others never start, the run ends as `cancelled`. */
    readonly cancel: AbortSignal;
    /** Stop driving at once and write no end: the run can be resumed as after a crash. */
    readonly leave: AbortSignal;
  };
}

export interface RunEnd {
  /** `left`: it goes on with a resume. */
  readonly outcome: RunOutcome | 'left';
  readonly view: RunView;
}

/**
 * Runs a plan: takes the cluster's lease, journals the plan, drives every step to an end.
 * A failed step is an outcome, not an exception.
 * @throws `engine.lease_held`, `engine.lease_lost`, the plan's faults (see `checkPlan`), what the journal throws.
 */
export async function runPlan<Ports>(
  options: RunnerOptions<Ports> & {
    readonly run: { readonly runId: string; readonly clusterId: string; readonly document: Json };
    readonly plan: Plan;
  },
): Promise<RunEnd> {
  const { run, plan } = options;
  checkPlan(plan, options.phases);
  return withLease(leaseTerms(options, run), async (lost) => {
    const event = { type: 'run.started', runId: run.runId, plan: planView(plan) } as const;
    const started = options.journal.start({ ...run, plan }, event);
    options.onEvent(started);
    return driveToEnd(options, run.runId, plan, reduce(initialView(), started), lost);
  });
}

/**
 * Goes on with a run: after a crash, after `leave`, after a cancellation, or after a failure ("Retry from here").
 * Finished steps are not touched; everything else begins again with its check. A run that succeeded stays as it is.
 * @throws as `runPlan`, and `engine.unknown_run`.
 */
export async function resumeRun<Ports>(
  options: RunnerOptions<Ports> & { readonly run: { readonly runId: string; readonly clusterId: string } },
): Promise<RunEnd> {
  const { runId } = options.run;
  return withLease(leaseTerms(options, options.run), async (lost) => {
    // Loaded only now: whoever held the lease before may have written until it was free.
    const journaled = options.journal.load(runId);
    if (!journaled) throw engineErrors.unknown_run({ run: runId });
    const { plan } = journaled;
    checkPlan(plan, options.phases);
    let view = journaled.events.reduce(reduce, initialView());
    if (view.status === 'succeeded') return { outcome: 'succeeded', view };
    for (const event of options.journal.append(runId, [{ type: 'run.resumed' }])) {
      view = reduce(view, event);
      options.onEvent(event);
    }
    return driveToEnd(options, runId, plan, view, lost);
  });
}

async function driveToEnd<Ports>(
  options: RunnerOptions<Ports>,
  runId: string,
  plan: Plan,
  opening: RunView,
  lost: AbortSignal,
): Promise<RunEnd> {
  const measuring = options.meter.start();
  try {
    const session = { ...options, runId, plan, retry: options.retry ?? defaultRetry };
    const { outcome, view, finish } = await drive(session, opening, { ...options.signals, lost });
    if (outcome === 'left') return { outcome, view };
    const elapsedMs = runElapsedMs(view, options.clock.now());
    const metrics = { ...measuring.end(), elapsedMs, mutations: view.mutations };
    return { outcome, view: finish({ type: 'run.finished', outcome, metrics }) };
  } finally {
    measuring.end();
  }
}

function leaseTerms<Ports>(options: RunnerOptions<Ports>, run: { readonly runId: string; readonly clusterId: string }) {
  const { leases, clock, heartbeatMs = 5000 } = options;
  return { clusterId: run.clusterId, runId: run.runId, leases, clock, heartbeatMs };
}
