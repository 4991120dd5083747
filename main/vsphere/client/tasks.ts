import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, children, numberOf, refOf, textAt, textOf, type XmlElement } from './answer.ts';
import { faultOfTask } from './fault.ts';
import { objectsFilter } from './property-filter.ts';
import { refKey, type Ref } from './reference.ts';
import type { Vcenter } from './vcenter.ts';

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
}

interface TaskState {
  readonly state: string;
  readonly percent: number | undefined;
  readonly result: XmlElement | undefined;
  readonly error: XmlElement | undefined;
  readonly entity: Ref | undefined;
}

/** Shorter than the time a firewall forgets a silent connection in. */
const pollMs = 60_000;
const stopWithinMs = 15_000;

/**
 * Starts a task and follows it to its end: `info.result` is answered, `undefined` when the task has none.
 * Costs 4 calls and one for each change of its state or percentage, whatever else goes on in vCenter.
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
    seen = state;
    report(state, follow);
  };
  try {
    return await outcome(vcenter, task, await untilEnded(vcenter, task, see, patience), follow.what);
  } catch (error) {
    if (!patience.aborted) throw error;
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

async function untilEnded(
  vcenter: Vcenter,
  task: Ref,
  see: (state: TaskState) => void,
  signal: AbortSignal,
): Promise<TaskState> {
  for (;;) {
    try {
      return await untilEndedInSession(vcenter, task, see, signal);
    } catch (error) {
      // The task goes on without our session; only the collector is gone with it.
      if (!hasCode(error, 'vsphere.session_expired')) throw error;
    }
  }
}

/** A collector of its own: a stop of this wait disturbs nobody else's. */
async function untilEndedInSession(
  vcenter: Vcenter,
  task: Ref,
  see: (state: TaskState) => void,
  signal: AbortSignal,
): Promise<TaskState> {
  const what = 'follow a task';
  const target = vcenter.content.propertyCollector;
  const made = await vcenter.callInSession({ method: 'CreatePropertyCollector', target, what }, signal);
  const collector = refOf(child(made, 'returnval'));
  if (!collector) throw vsphereErrors.not_vcenter({ address: vcenter.address, reason: 'it made no collector' });
  try {
    const spec = objectsFilter([task], [{ type: 'Task', paths: [...paths] }]);
    const args = { spec, partialUpdates: true };
    await vcenter.callInSession({ method: 'CreateFilter', target: collector, args, what }, signal);
    const properties = new Map<string, XmlElement>();
    for (let version = ''; ;) {
      const update = await waitForUpdate(vcenter, collector, version, signal);
      if (!update) continue;
      version = textAt(update, 'version') ?? version;
      if (!applyChanges(update, task, properties)) {
        throw vsphereErrors.not_found({ what, object: `Task ${task.id}` });
      }
      const state = stateOf(properties);
      see(state);
      if (state.state === 'success' || state.state === 'error') return state;
    }
  } finally {
    const destroy = { method: 'DestroyPropertyCollector', target: collector };
    await vcenter.callInSession(destroy, AbortSignal.timeout(5_000)).catch(() => {
      // It goes with the session.
    });
  }
}

/** `undefined` when nothing has happened for a while. */
async function waitForUpdate(
  vcenter: Vcenter,
  collector: Ref,
  version: string,
  signal: AbortSignal,
): Promise<XmlElement | undefined> {
  const args = { version, options: { maxWaitSeconds: pollMs / 1000 } };
  const call = { method: 'WaitForUpdatesEx', target: collector, args, what: 'follow a task', waitsMs: pollMs };
  return child(await vcenter.callInSession(call, signal), 'returnval');
}

const paths = ['info.state', 'info.progress', 'info.result', 'info.error', 'info.entity'] as const;

/** Answers false when the task is not there (any more): vCenter forgets tasks after a while. */
function applyChanges(update: XmlElement, task: Ref, into: Map<string, XmlElement>): boolean {
  for (const filter of children(update, 'filterSet')) {
    for (const object of children(filter, 'objectSet')) {
      const about = refOf(child(object, 'obj'));
      if (!about || refKey(about) !== refKey(task)) continue;
      if (textAt(object, 'kind') === 'leave') return false;
      for (const change of children(object, 'changeSet')) {
        const name = textAt(change, 'name');
        const value = child(change, 'val');
        if (name === undefined) continue;
        if (value) into.set(name, value);
        else into.delete(name);
      }
    }
    if (children(filter, 'missingObjects').length > 0) return false;
  }
  return true;
}

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
