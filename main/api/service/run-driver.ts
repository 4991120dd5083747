import type { StartedRun } from '#shared/contract/index.ts';
import { runErrors } from '#shared/errors/run.ts';
import type { RunControl, RunObserver, RunResult } from '#main/api/runs/driving.ts';
import type { Interaction } from '#main/api/runs/interaction.ts';
import type { Questions } from './questions.ts';

export interface DrivenRun {
  readonly runId: string;
  readonly clusterId: string;
  /** As the person knows it. */
  readonly cluster: string;
}

export type Drive = (interaction: Interaction, observer: RunObserver, control: RunControl) => Promise<RunResult>;

/** Drives runs in this process. They belong to no client: only cancel, their end and the host's end them. */
export interface RunDriver extends AsyncDisposable {
  /**
   * Answers when the run is journaled, so that it can be watched. Where somebody else is at work on the cluster, answers
   * that run and drives nothing.
   * @param signal gives up the start; without effect once it has answered.
   */
  start(cluster: string, drive: Drive, signal: AbortSignal): Promise<StartedRun>;
  /** Asks about the host keys of a look that is no run. */
  interaction(cluster: string, withdrawn: AbortSignal): Interaction;
  active(): readonly DrivenRun[];
  /** Lets go of all of them at once, so that they can be resumed; answers which. Nothing can be started any more. */
  leave(): Promise<readonly DrivenRun[]>;
}

interface Active {
  /** Known once it has started. */
  readonly run: () => DrivenRun | undefined;
  readonly leave: AbortController;
  readonly ended: Promise<void>;
}

/** @param onFault told of a run that this host began and could not go on with; its journal says how far it came. */
export function openRunDriver(questions: Questions, onFault: (thrown: unknown, run: DrivenRun) => void): RunDriver {
  const all = new Set<Active>();
  let ending = false;

  async function start(cluster: string, drive: Drive, signal: AbortSignal): Promise<StartedRun> {
    signal.throwIfAborted();
    if (ending) throw runErrors.host_ending({});
    const beginning = begin(questions, cluster, drive);
    const active: Active = { ...beginning, ended: beginning.end.then(ended, ended) };
    all.add(active);
    function ended(thrown: unknown): void {
      all.delete(active);
      const run = active.run();
      if (thrown !== undefined && beginning.journaled() && run) onFault(thrown, run);
    }
    const giveUp = (): void => beginning.leave.abort(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      return await beginning.begun;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async function leave(): Promise<readonly DrivenRun[]> {
    ending = true;
    const left = [...all];
    for (const active of left) active.leave.abort(runErrors.host_ending({}));
    await Promise.all(left.map((active) => active.ended));
    return left.flatMap(({ run }) => run() ?? []);
  }

  return {
    start,
    leave,
    interaction: (cluster, withdrawn) => interactionOf(questions, cluster, () => undefined, withdrawn),
    active: () => [...all].flatMap(({ run }) => run() ?? []),
    [Symbol.asyncDispose]: async () => {
      await leave();
    },
  };
}

/** `begun`: journaled, or found to be somebody else's. `end` rejects with what the run could not go on with. */
function begin(questions: Questions, cluster: string, drive: Drive) {
  const leave = new AbortController();
  const cancelling = new AbortController();
  const begun = Promise.withResolvers<StartedRun>();
  let started: StartedRun | undefined;
  let journaled = false;
  const observer: RunObserver = {
    started: (run) => {
      started = run;
      if (!run.watching) return;
      begun.resolve(run);
      leave.abort(); // whoever wants to see it watches it
    },
    event: ({ type }) => {
      if (type === 'run.cancelling') cancelling.abort(); // nobody needs an answer any more
      if (!started || started.watching) return;
      journaled = true;
      begun.resolve(started);
    },
    log: () => undefined, // it is in the run's log
  };
  const withdrawn = AbortSignal.any([leave.signal, cancelling.signal]);
  const interaction = interactionOf(questions, cluster, () => started?.runId, withdrawn);
  // A cancel comes through the lease, whoever asks for it: see `Slipway.cancel`.
  const control = { cancel: new AbortController().signal, leave: leave.signal };
  const end = drive(interaction, observer, control).then(
    () => begun.reject(leave.signal.reason ?? runErrors.host_ending({})), // left before it began; else without effect
    (thrown: unknown) => {
      begun.reject(thrown);
      throw thrown;
    },
  );
  const run = () => started && !started.watching && { runId: started.runId, clusterId: started.clusterId, cluster };
  return { begun: begun.promise, end, leave, run: () => run() || undefined, journaled: () => journaled };
}

function interactionOf(
  questions: Questions,
  cluster: string,
  runId: () => string | undefined,
  withdrawn: AbortSignal,
): Interaction {
  return {
    approveHostKeys: (keys) => {
      const id = runId();
      const about = { cluster, ...(id === undefined ? {} : { runId: id }) };
      return questions.ask({ kind: 'host-keys', ...about, keys }, withdrawn);
    },
  };
}
