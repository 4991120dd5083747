import * as v from 'valibot';
import type { PlanView, RunEvent } from '../run/events.ts';
import type { RunView } from '../run/view.ts';
import { RunState, RunSummary } from './clusters.ts';
import { plain, request, stream } from './define.ts';
import { count, documentText, errorData, name, runId, stepId, time } from './parts.ts';

/** What a run of the plan would do at one step: as `StepForecast` of the engine, with the step by its id. */
export const Forecast = v.variant('kind', [
  /** Already so: the run would skip it. */
  v.strictObject({ kind: v.literal('already'), step: v.string(), reason: v.string() }),
  v.strictObject({ kind: v.literal('will'), step: v.string(), reason: v.string() }),
  /** Cannot be looked at before these steps are done. */
  v.strictObject({ kind: v.literal('after'), step: v.string(), behind: v.array(v.string()) }),
  /** Was not looked at, because the look at these steps failed. */
  v.strictObject({ kind: v.literal('unknown'), step: v.string(), behind: v.array(v.string()) }),
  /** A finding: the run would fail here. */
  v.strictObject({ kind: v.literal('error'), step: v.string(), error: errorData }),
]);

export const PlannedRun = v.strictObject({
  /** Left out for a cluster that is not in the inventory yet. */
  clusterId: v.optional(v.string()),
  plan: plain<PlanView>(),
  /** One per step, in the plan's order. */
  preview: v.array(Forecast),
  warnings: v.array(v.string()),
  /** What the look found wrong, errors first: all that would stop or spoil the run. */
  findings: v.array(
    v.strictObject({
      severity: v.picklist(['error', 'warning']),
      /** Of what: a machine, `template small`, `datastore LocalDS_0`. */
      subject: v.string(),
      problem: v.string(),
      /** '' where there is nothing to do. */
      remedy: v.string(),
      step: v.optional(v.string()),
    }),
  ),
  /** What the run makes that stays, by name. What is there as wanted is left out. */
  makes: v.strictObject({
    /** Without `address` DHCP gives it. */
    vms: v.array(
      v.strictObject({ name: v.string(), pool: v.string(), template: v.string(), address: v.optional(v.string()) }),
    ),
    containers: v.array(v.strictObject({ machine: v.string(), name: v.string(), image: v.string() })),
    files: v.array(v.strictObject({ machine: v.string(), path: v.string() })),
    /** In vCenter, in the cluster and here, in words. */
    other: v.array(v.string()),
  }),
  /** `history`: from earlier runs here. `typical`: from one that we recorded. */
  estimate: v.strictObject({ ms: count, basis: v.picklist(['history', 'typical']) }),
});

export const StartedRun = v.strictObject({
  runId,
  clusterId: v.string(),
  /** A run is at work on the cluster already, perhaps in another process: nothing was started, this is that run. */
  watching: v.boolean(),
});

/** `seq`: what to pass as `after` to go on from here. */
export const RunFrame = v.variant('kind', [
  v.strictObject({ kind: v.literal('snapshot'), seq: count, state: RunState, view: plain<RunView>() }),
  /** In order and without a gap; fold them with `reduce`. */
  v.strictObject({ kind: v.literal('events'), seq: count, events: plain<readonly RunEvent[]>() }),
  /** The last frame. `clusterGone`: it was a removal, and the inventory knows nothing of cluster and run any more. */
  v.strictObject({ kind: v.literal('ended'), seq: count, state: RunState, clusterGone: v.boolean() }),
]);

export const LogFrame = v.strictObject({
  lines: v.array(
    v.strictObject({
      /** From 1, over the whole log of the run, whatever step was asked for. */
      number: count,
      at: time,
      step: v.string(),
      line: v.string(),
    }),
  ),
  /** What to pass as `after` to go on from here: lines of other steps count. */
  next: count,
});

/** Something that a run or plan waits for until somebody answers. */
export const Question = v.strictObject({
  questionId: v.string(),
  kind: v.literal('host-keys'),
  askedAt: time,
  /** What waits for it. `runId` is left out for a plan, and for a run that has not begun yet. */
  cluster: v.string(),
  runId: v.optional(runId),
  /** Every machine whose SSH host key nobody gave, by name. */
  keys: v.array(
    v.strictObject({ machine: v.string(), address: v.string(), keyType: v.string(), fingerprint: v.string() }),
  ),
});

/** A run that somebody drives now. `progress` is in steps. */
export const ActiveRun = v.strictObject({
  ...RunSummary.entries,
  progress: v.strictObject({ done: count, total: count }),
});

const spec = v.strictObject({ text: documentText });
const invalid = ['spec.unreadable', 'spec.invalid'];

export const runs = {
  /** Newest first. */
  'runs.list': request({
    effect: 'read',
    input: v.strictObject({ cluster: name }),
    output: v.array(RunSummary),
    errors: ['store.cluster_unknown'],
  }),

  /** Looks at everything that the spec names and changes nothing. May ask a question. Takes seconds to minutes. */
  'runs.plan': request({ effect: 'read', input: spec, output: PlannedRun, errors: invalid }),

  /** Answers as soon as the run is journaled; it goes on whoever leaves. Cancelling the call later does not end it. */
  'runs.start': request({
    effect: 'mutate',
    input: spec,
    output: StartedRun,
    errors: [...invalid, 'vsphere.unreachable'],
  }),

  /** Goes on with a run that was interrupted, left, cancelled or has failed; with the cluster's last one, or a named one. */
  'runs.resume': request({
    effect: 'mutate',
    input: v.union([v.strictObject({ cluster: name }), v.strictObject({ run: runId })]),
    output: StartedRun,
    errors: ['run.unknown', 'run.nothing_to_resume'],
  }),

  /** Removes what was made for the cluster, and then its records. */
  'runs.remove': request({
    effect: 'mutate',
    input: v.strictObject({
      cluster: name,
      /** Given machines that cannot be reached are given up. */
      forgetUnreachable: v.optional(v.boolean(), false),
    }),
    output: StartedRun,
    errors: ['run.busy', 'store.cluster_unknown'],
  }),

  /** Asks whoever drives the cluster's run; what has begun ends first. `asked` is false when nobody drives one. */
  'runs.cancel': request({
    effect: 'mutate',
    input: v.strictObject({ cluster: name }),
    output: v.strictObject({ asked: v.boolean() }),
    errors: ['store.cluster_unknown'],
  }),

  /**
   * A snapshot when `after` is 0, unknown or too far behind; then events with rising `seq`; then the end. Whoever drives
   * the run. A reader that is too slow gets a new snapshot instead of what it missed: it replaces the view.
   */
  'runs.watch': stream({
    params: v.strictObject({ runId, after: v.optional(count, 0) }),
    frame: RunFrame,
    errors: ['run.unknown'],
  }),

  /** The lines after `after`, oldest first, in batches; then new ones as they come; ends when the run has ended. */
  'runs.log': stream({
    params: v.strictObject({ runId, step: v.exactOptional(stepId), after: v.optional(count, 0) }),
    frame: LogFrame,
    errors: ['run.unknown'],
  }),

  /** All runs that anybody drives, oldest first: at once and after each change. Never ends. */
  'runs.active': stream({
    params: v.strictObject({}),
    frame: v.strictObject({ runs: v.array(ActiveRun) }),
  }),

  /** All open questions, at once and after each change. Never ends. */
  'runs.questions': stream({
    params: v.strictObject({}),
    frame: v.strictObject({ questions: v.array(Question) }),
  }),

  /** The first answer counts. */
  'runs.answer': request({
    effect: 'mutate',
    input: v.strictObject({ questionId: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)), approved: v.boolean() }),
    output: v.strictObject({}),
    errors: ['run.question_unknown'],
  }),
};
