import { engineErrors } from '#shared/errors/engine.ts';
import type { Json } from '#shared/json.ts';
import type { NewRunEvent, RunEvent } from '#shared/run/events.ts';
import { stepOf } from '#shared/run/view.ts';
import type { RunView } from '#shared/run/view.ts';
import type { Clock } from './clock.ts';
import { createGraph, endNode } from './graph.ts';
import type { Graph, Node } from './graph.ts';
import type { Journal } from './journal.ts';
import { createLanes } from './lanes.ts';
import type { Concurrency, Lanes } from './lanes.ts';
import type { Phase } from './phase.ts';
import type { Plan } from './plan.ts';
import { createProgressFlow } from './progress-flow.ts';
import type { ProgressFlow } from './progress-flow.ts';
import { createRecorder } from './recorder.ts';
import type { Recorder } from './recorder.ts';
import type { Random, RetryPolicy } from './retry.ts';

export interface SessionOptions<Ports> {
  readonly runId: string;
  readonly plan: Plan;
  readonly phases: ReadonlyMap<string, Phase<Ports, Json>>;
  readonly ports: Ports;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly concurrency: Concurrency;
  readonly retry: RetryPolicy;
  /** Gets every journaled event, in order. Must not throw. */
  onEvent(event: RunEvent): void;
  /** One line of a step's live log. Must not throw. */
  onLog(step: string, line: string): void;
}

/** Why a session stops before its steps have all ended. */
type Stop =
  | { readonly kind: 'cancel' }
  | { readonly kind: 'leave' }
  /** The journal cannot be written, or is somebody else's now. */
  | { readonly kind: 'broken'; readonly error: unknown };

/** How far the attempts at a step are. */
export interface Tries {
  readonly attempt: number;
  readonly backoffs: number;
  readonly firstAt: number;
}

/**
 * One process driving one run, from its start or a resume to its end. Mutable, and only a cache: everything in it can
 * be had again from the journal.
 */
export interface Session<Ports> {
  readonly options: SessionOptions<Ports>;
  readonly graph: Graph;
  readonly lanes: Lanes<Node>;
  readonly recorder: Recorder;
  readonly progress: ProgressFlow;
  readonly tries: Map<Node, Tries>;
  /** Attempts under way and waits for the next attempt. */
  readonly running: Map<Node, AbortController>;
  /** Undos under way: a cancellation lets them end. */
  readonly undoing: Map<Node, AbortController>;
  stop: Stop | undefined;
  /** Resolved when nothing runs any more and nothing can start. */
  readonly idle: PromiseWithResolvers<void>;
  /** Aborts when the session has ended. */
  readonly ended: AbortController;
}

/** @param view As journaled so far, including `run.started` or `run.resumed`. */
export function openSession<Ports>(options: SessionOptions<Ports>, view: RunView): Session<Ports> {
  const ended = new AbortController();
  const session: Session<Ports> = {
    options,
    graph: openGraph(options.plan, view),
    lanes: createLanes<Node>(options.concurrency),
    recorder: createRecorder(options.journal, options.runId, view, (event) => options.onEvent(event)),
    progress: createProgressFlow(options.clock, ended.signal, (events) => {
      if (mayRecord(session)) guard(session, () => session.recorder.emit(events));
    }),
    tries: new Map(),
    running: new Map(),
    undoing: new Map(),
    stop: undefined,
    idle: Promise.withResolvers<void>(),
    ended,
  };
  return session;
}

/** The graph without what earlier sessions finished. */
function openGraph(plan: Plan, view: RunView): Graph {
  const graph = createGraph(plan.steps);
  for (const node of graph.nodes) {
    const status = stepOf(view, node.step.id)?.status;
    if (status === 'succeeded' || status === 'skipped') endNode(graph, node, true);
  }
  return graph;
}

export function mayRecord<Ports>(session: Session<Ports>): boolean {
  return !session.stop || session.stop.kind === 'cancel';
}

/**
 * Journals events of a running step, its last progress before them.
 * @throws what the journal throws, and after a run was left or broken off always: the step must not go on then.
 */
export function record<Ports>(session: Session<Ports>, node: Node, events: readonly NewRunEvent[]): void {
  if (session.stop?.kind === 'broken') throw session.stop.error;
  if (session.stop?.kind === 'leave') throw engineErrors.left({ run: session.options.runId });
  try {
    session.recorder.emit([...session.progress.take(node.step.id), ...events]);
  } catch (thrown) {
    breakOff(session, thrown);
    throw thrown;
  }
}

/**
 * As `record`, for an intent: nothing may be changed before this resolves, for then a power cut cannot take it any more.
 * Steps that come here in the same turn wait for the same sync of the disk.
 */
export async function recordIntent<Ports>(session: Session<Ports>, node: Node, intent: NewRunEvent): Promise<void> {
  record(session, node, [intent]);
  try {
    await session.options.journal.durable();
  } catch (thrown) {
    breakOff(session, thrown);
    throw thrown;
  }
}

/** Runs what nobody awaits. What it throws comes from the journal, so the session cannot go on. */
export function guard<Ports>(session: Session<Ports>, act: () => void): void {
  try {
    act();
  } catch (thrown) {
    breakOff(session, thrown);
  }
}

export function settleIfIdle<Ports>(session: Session<Ports>): void {
  const active = session.running.size + session.undoing.size;
  if (active === 0 && (session.stop || session.lanes.waiting() === 0)) session.idle.resolve();
}

/** Ends in good order: what runs is asked to stop, what has not begun never will. */
export function cancelRun<Ports>(session: Session<Ports>): void {
  if (session.stop) return;
  session.stop = { kind: 'cancel' };
  const events: NewRunEvent[] = [{ type: 'run.cancelling' }];
  for (const node of session.graph.nodes) {
    if (node.state === 'ended' || session.running.has(node) || session.undoing.has(node)) continue;
    node.state = 'ended';
    events.push({ type: 'step.cancelled', step: node.step.id, started: session.tries.has(node) });
  }
  session.recorder.emit(events);
  abortAll(session.running, engineErrors.cancelled({ run: session.options.runId }));
  settleIfIdle(session);
}

/** Stops driving at once. Nothing is written any more, so a resume goes on from here as after a crash. */
export function leaveRun<Ports>(session: Session<Ports>): void {
  if (!mayRecord(session)) return;
  session.stop = { kind: 'leave' };
  abandon(session, engineErrors.left({ run: session.options.runId }));
}

export function breakOff<Ports>(session: Session<Ports>, error: unknown): void {
  if (!mayRecord(session)) return;
  session.stop = { kind: 'broken', error };
  abandon(session, error);
}

/** How long steps get to notice their signal before they are left all the same. */
const graceMs = 2000;

function abandon<Ports>(session: Session<Ports>, reason: unknown): void {
  abortAll(session.running, reason);
  abortAll(session.undoing, reason);
  settleIfIdle(session);
  session.options.clock.sleep(graceMs, session.ended.signal).then(
    () => session.idle.resolve(),
    // All of them noticed in time.
    () => undefined,
  );
}

function abortAll(controllers: ReadonlyMap<Node, AbortController>, reason: unknown): void {
  for (const controller of controllers.values()) controller.abort(reason);
}
