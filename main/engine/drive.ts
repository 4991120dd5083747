import { errorData } from '#shared/errors/define.ts';
import { engineErrors } from '#shared/errors/engine.ts';
import type { NewRunEvent, RunOutcome } from '#shared/run/events.ts';
import { stepOf } from '#shared/run/view.ts';
import type { RunView } from '#shared/run/view.ts';
import { attemptStep } from './attempt.ts';
import type { AttemptEnd } from './attempt.ts';
import { endNode } from './graph.ts';
import type { Node } from './graph.ts';
import { retryDelayMs } from './retry.ts';
import { undoStep } from './undo.ts';
import {
  breakOff,
  cancelRun,
  guard,
  leaveRun,
  mayRecord,
  openSession,
  record,
  recordIntent,
  settleIfIdle,
} from './session.ts';
import type { Session, SessionOptions } from './session.ts';

export interface DriveSignals {
  readonly cancel: AbortSignal;
  readonly leave: AbortSignal;
  /** The lease is lost. */
  readonly lost: AbortSignal;
}

export interface Driven {
  readonly outcome: RunOutcome | 'left';
  readonly view: RunView;
  /** Journals the run's own last event. */
  finish(event: NewRunEvent): RunView;
}

/**
 * Drives all steps that have not ended well yet to an end, or to a stop.
 * @param view As journaled so far, including `run.started` or `run.resumed`.
 * @throws the reason of `lost`; what the journal throws. Nothing is journaled after either.
 */
export async function drive<Ports>(
  options: SessionOptions<Ports>,
  view: RunView,
  signals: DriveSignals,
): Promise<Driven> {
  const session = openSession(options, view);
  whenAborted(signals.lost, session, () => breakOff(session, signals.lost.reason));
  whenAborted(signals.leave, session, () => leaveRun(session));
  whenAborted(signals.cancel, session, () => cancelRun(session));
  // Queued behind the signals: a run that was cancelled before it began starts no step.
  queueMicrotask(() => guard(session, () => begin(session)));
  await session.idle.promise;
  session.ended.abort();
  if (session.stop?.kind === 'broken') throw session.stop.error;
  return {
    outcome: session.stop?.kind === 'leave' ? 'left' : outcomeOf(session.recorder.view()),
    view: session.recorder.view(),
    finish: (event) => {
      session.recorder.emit([event]);
      return session.recorder.view();
    },
  };
}

/** In a turn of its own: a listener that aborts while it is told of an event must not change the session under it. */
function whenAborted<Ports>(signal: AbortSignal, session: Session<Ports>, act: () => void): void {
  const later = () => queueMicrotask(() => !session.ended.signal.aborted && guard(session, act));
  if (signal.aborted) later();
  else signal.addEventListener('abort', later, { once: true, signal: session.ended.signal });
}

function outcomeOf({ counts }: RunView): RunOutcome {
  if (counts.cancelled > 0) return 'cancelled';
  return counts.failed > 0 || counts.blocked > 0 ? 'failed' : 'succeeded';
}

function begin<Ports>(session: Session<Ports>): void {
  const { nodes } = session.graph;
  if (!session.stop) {
    enqueue(
      session,
      nodes.filter(({ state, unmet }) => state === 'waiting' && unmet === 0),
    );
  }
  startSteps(session);
}

function enqueue<Ports>(session: Session<Ports>, nodes: readonly Node[]): void {
  for (const node of nodes) {
    node.state = 'queued';
    session.lanes.enqueue(node.step, node);
  }
}

/** Starts all that may start now, with one journal entry for all of them. */
function startSteps<Ports>(session: Session<Ports>): void {
  const nodes = session.stop ? [] : session.lanes.take();
  const now = session.options.clock.now();
  const events = nodes.map((node): NewRunEvent => {
    const { attempt, backoffs, firstAt } = session.tries.get(node) ?? { attempt: 0, backoffs: 0, firstAt: now };
    session.tries.set(node, { attempt: attempt + 1, backoffs, firstAt });
    return { type: 'step.checking', step: node.step.id, attempt: attempt + 1 };
  });
  session.recorder.emit(events);
  for (const node of nodes) startAttempt(session, node);
  settleIfIdle(session);
}

function startAttempt<Ports>(session: Session<Ports>, node: Node): void {
  const { options } = session;
  const { step } = node;
  const { id } = step;
  const phase = options.phases.get(step.phase);
  if (!phase) throw engineErrors.unknown_phase({ step: id, phase: step.phase });
  const controller = new AbortController();
  const attempt = session.tries.get(node)?.attempt ?? 1;
  node.state = 'active';
  session.running.set(node, controller);
  void attemptStep({
    phase,
    step,
    ports: options.ports,
    clock: options.clock,
    controller,
    appliedBefore: stepOf(session.recorder.view(), id)?.applied ?? false,
    onApplying: (reason) => recordIntent(session, node, { type: 'step.applying', step: id, attempt, reason }),
    onVerifying: () => record(session, node, [{ type: 'step.verifying', step: id, attempt }]),
    onLog: (line) => options.onLog(id, line),
    onProgress: (progress) => session.progress.push(id, progress),
    onWarning: (text) => record(session, node, [{ type: 'step.warning', step: id, text }]),
  }).then((end) => {
    session.running.delete(node);
    session.lanes.leave(step);
    if (mayRecord(session)) guard(session, () => afterAttempt(session, node, end, controller.signal));
    else settleIfIdle(session);
  });
}

function afterAttempt<Ports>(session: Session<Ports>, node: Node, end: AttemptEnd, signal: AbortSignal): void {
  const step = node.step.id;
  switch (end.kind) {
    case 'skipped':
      return endStep(session, node, { type: 'step.skipped', step, reason: end.reason }, true);
    case 'succeeded':
      return endStep(session, node, { type: 'step.succeeded', step }, true);
    case 'threw': {
      // After the abort nobody can tell the step's own failure from the abort's doing.
      if (signal.aborted && !end.overdue) return endCancelled(session, node);
      const error = errorData(end.error);
      const delayMs = nextDelayMs(session, node, error.retry);
      if (delayMs === undefined) return undoThenEnd(session, node, { type: 'step.failed', step, error });
      const attempt = session.tries.get(node)?.attempt ?? 1;
      record(session, node, [{ type: 'step.retrying', step, attempt, delayMs, error }]);
      return retryLater(session, node, delayMs);
    }
  }
}

function nextDelayMs<Ports>(session: Session<Ports>, node: Node, rule: 'never' | 'backoff' | 'while-booting') {
  const { options, recorder, tries } = session;
  const now = options.clock.now();
  const before = tries.get(node) ?? { attempt: 1, backoffs: 0, firstAt: now };
  const backoffs = before.backoffs + (rule === 'backoff' ? 1 : 0);
  tries.set(node, { ...before, backoffs });
  const own = options.phases.get(node.step.phase)?.attempts;
  const policy = own === undefined ? options.retry : { ...options.retry, attempts: own };
  return retryDelayMs(policy, options.random, {
    rule,
    attempt: before.attempt,
    backoffs,
    sinceFirstAttemptMs: now - before.firstAt,
    sinceRunStartMs: now - (recorder.view().startedAt ?? now),
  });
}

/** Waits without holding a place in its lane: a hundred dead machines do not keep the others waiting. */
function retryLater<Ports>(session: Session<Ports>, node: Node, delayMs: number): void {
  const controller = new AbortController();
  session.running.set(node, controller);
  const goOn = () => {
    session.running.delete(node);
    if (!mayRecord(session)) {
      settleIfIdle(session);
      return;
    }
    guard(session, () => {
      if (session.stop) {
        endCancelled(session, node);
        return;
      }
      enqueue(session, [node]);
      startSteps(session);
    });
  };
  // Both ways lead on: an aborted wait finds the reason in `session.stop`.
  session.options.clock.sleep(delayMs, controller.signal).then(goOn, goOn);
  startSteps(session);
}

function endCancelled<Ports>(session: Session<Ports>, node: Node): void {
  undoThenEnd(session, node, { type: 'step.cancelled', step: node.step.id, started: true });
}

/** Takes back what the step had begun, where its phase can, and then journals the end. It has left its lane already. */
function undoThenEnd<Ports>(session: Session<Ports>, node: Node, end: NewRunEvent): void {
  const { options } = session;
  const { step } = node;
  const phase = options.phases.get(step.phase);
  const applied = stepOf(session.recorder.view(), step.id)?.applied ?? false;
  if (!phase?.undo || !applied) return endStep(session, node, end, false);
  const controller = new AbortController();
  session.undoing.set(node, controller);
  const { ports, clock, onLog } = options;
  const undo = async (): Promise<string | undefined> => {
    await recordIntent(session, node, { type: 'step.undoing', step: step.id });
    controller.signal.throwIfAborted();
    return await undoStep({ phase, step, ports, clock, controller, onLog: (line) => onLog(step.id, line) });
  };
  const goOn = (warning?: string): void => {
    session.undoing.delete(node);
    if (!mayRecord(session)) return settleIfIdle(session);
    guard(session, () => {
      if (warning !== undefined) record(session, node, [{ type: 'step.warning', step: step.id, text: warning }]);
      endStep(session, node, end, false);
    });
  };
  // It throws only when the session has ended: the intent could not be recorded, or the run was left.
  undo().then(goOn, () => goOn());
}

/** Journals the end of a step and what it blocks in one entry, then starts what it was the last to hold up. */
function endStep<Ports>(session: Session<Ports>, node: Node, event: NewRunEvent, good: boolean): void {
  const { ready, blocked } = endNode(session.graph, node, good);
  const events = blocked.map(({ node: { step }, by }): NewRunEvent => ({ type: 'step.blocked', step: step.id, by }));
  record(session, node, [event, ...events]);
  enqueue(session, ready);
  startSteps(session);
}
