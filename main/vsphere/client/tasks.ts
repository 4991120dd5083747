import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, numberOf, refOf, textOf, type XmlElement } from './answer.ts';
import { faultOfTask } from './fault.ts';
import type { Ref } from './reference.ts';
import type { Vcenter } from './vcenter.ts';
import { watchObject } from './watch-object.ts';

export interface TaskProgress {
  readonly state: 'queued' | 'running';
  /** 0–100 as vCenter says it; many tasks never say. */
  readonly percent?: number;
}

export interface FollowTask {
  /** As a person says it: "clone node-1". */
  readonly what: string;
  readonly onProgress?: (progress: TaskProgress) => void;
  /** After so long it is asked to stop, and an error says what it was last seen doing. */
  readonly withinMs: number;
  /** A task that was asked to stop gets so long to end. */
  readonly stopWithinMs?: number;
  /** It may be somebody else's: we stop waiting for it, and it goes on. */
  readonly onlyLook?: boolean;
}

interface TaskState {
  readonly state: string;
  readonly percent: number | undefined;
  readonly result: XmlElement | undefined;
  readonly error: XmlElement | undefined;
  readonly entity: Ref | undefined;
}

const stopWithinMs = 15_000;

/**
 * Starts a task and follows it to its end: `info.result` is answered, `undefined` when the task has none.
 * Costs 2 calls at most, beside the one in which all tasks are waited for.
 *
 * When the signal aborts, the task is asked to stop, and its end is awaited: a task that succeeded all the same gives its
 * result, because what it made is there.
 * @throws what `faultError` makes of the task's fault; `vsphere.task_overdue`, `.cancel_ignored`; the signal's reason.
 */
export async function runTask(
  vcenter: Vcenter,
  call: { readonly method: string; readonly target: Ref; readonly args?: Parameters<Vcenter['call']>[0]['args'] },
  follow: FollowTask,
  signal: AbortSignal,
): Promise<XmlElement | undefined> {
  const { args } = call;
  const { method, target } = call;
  const started = await vcenter.call({ method, target, what: follow.what, ...(args && { args }) }, signal);
  const task = refOf(child(started, 'returnval'));
  if (!task) throw vsphereErrors.not_vcenter({ address: vcenter.address, reason: `${method} started no task` });
  return await followTask(vcenter, task, follow, signal);
}

/** As `runTask`, for a task that was started before: by a process that is no more, for example. */
export async function followTask(
  vcenter: Vcenter,
  task: Ref,
  follow: FollowTask,
  signal: AbortSignal,
): Promise<XmlElement | undefined> {
  const overdue = AbortSignal.timeout(follow.withinMs);
  const patience = AbortSignal.any([signal, overdue]);
  let seen: TaskState | undefined;
  const see = (state: TaskState): void => {
    const isNews = state.state !== seen?.state || state.percent !== seen.percent;
    seen = state;
    if (isNews) report(state, follow);
  };
  try {
    return await outcome(vcenter, task, await untilEnded(vcenter, task, see, patience), follow.what);
  } catch (error) {
    if (!patience.aborted || follow.onlyLook) throw error;
    const ended = await stopTask(vcenter, task, follow.stopWithinMs ?? stopWithinMs);
    if (!ended && signal.aborted)
      throw vsphereErrors.cancel_ignored({ what: follow.what, task: task.id, seen: words(seen) });
    if (ended?.state === 'success') return ended.result;
    signal.throwIfAborted();
    const { what, withinMs } = follow;
    throw vsphereErrors.task_overdue({ what, withinSeconds: withinMs / 1000, seen: words(seen), task: task.id });
  }
}

/** Asks it to stop and waits for its end; `undefined` when it goes on. */
async function stopTask(vcenter: Vcenter, task: Ref, withinMs: number): Promise<TaskState | undefined> {
  const deadline = AbortSignal.timeout(withinMs);
  try {
    // Refused for a task that cannot be stopped, and for one that has just ended.
    await vcenter.call({ method: 'CancelTask', target: task, what: 'stop the task' }, deadline).catch(() => {});
    return await untilEnded(vcenter, task, () => {}, deadline);
  } catch (error) {
    if (deadline.aborted) return undefined;
    throw error;
  }
}

function untilEnded(
  vcenter: Vcenter,
  task: Ref,
  see: (state: TaskState) => void,
  signal: AbortSignal,
): Promise<TaskState> {
  const watch = { what: 'follow a task', object: task, paths };
  return watchObject(
    vcenter,
    watch,
    (values) => {
      const state = stateOf(values);
      see(state);
      return state.state === 'success' || state.state === 'error' ? state : undefined;
    },
    signal,
  );
}

const paths = ['info.state', 'info.progress', 'info.result', 'info.error', 'info.entity'];

function stateOf(properties: ReadonlyMap<string, XmlElement>): TaskState {
  return {
    state: textOf(properties.get('info.state')) ?? 'queued',
    percent: numberOf(properties.get('info.progress')),
    result: properties.get('info.result'),
    error: properties.get('info.error'),
    entity: refOf(properties.get('info.entity')),
  };
}

function report({ state, percent }: TaskState, { onProgress }: FollowTask): void {
  if (state === 'queued') onProgress?.({ state });
  if (state === 'running') onProgress?.(percent === undefined ? { state } : { state, percent });
}

async function outcome(vcenter: Vcenter, task: Ref, ended: TaskState, what: string): Promise<XmlElement | undefined> {
  if (ended.state === 'success') return ended.result;
  const fault = ended.error ? faultOfTask(ended.error) : { type: '', message: 'no reason given', detail: {} };
  throw await vcenter.faultError(fault, what, ended.entity ?? task, task);
}

function words(seen: TaskState | undefined): string {
  if (!seen) return 'nothing yet';
  return seen.percent === undefined ? seen.state : `${seen.state}, ${String(seen.percent)} %`;
}
