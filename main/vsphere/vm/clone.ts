import PQueue from 'p-queue';
import type { CloneRequest, UnfinishedClone } from '#main/cluster/vsphere-port.ts';
import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { Progress } from '#shared/run/events.ts';
import { child, refOf } from '../client/answer.ts';
import type { VimStruct } from '../client/envelope.ts';
import type { Ref } from '../client/reference.ts';
import { followTask, type TaskProgress } from '../client/tasks.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { awaitClones, runningClones, stillRunning } from './running-clones.ts';
import { findVmRef } from './vm-ref.ts';

/** How many clones at a time. Each reads and writes whole disks: more of them only make all slower. */
export interface CloneLimits {
  readonly clones: number;
  readonly clonesPerDatastore: number;
}

/** Clones of this process in one vCenter. */
export class Clones {
  readonly #vcenter: Vcenter;
  readonly #all: PQueue;
  readonly #byDatastore = new Map<string, PQueue>();
  readonly #limits: CloneLimits;
  /** Tasks that this process started. */
  readonly #started = new Set<string>();
  /** The last task of each machine, by instance UUID; `lost` when vCenter's answer was, or an earlier process began. */
  readonly #lastOf = new Map<string, Ref | 'none' | 'lost'>();

  /** Deployed from a library by this process, by the instance UUID that they have not had at once. */
  readonly deployed = new Map<string, Ref>();

  constructor(vcenter: Vcenter, limits: CloneLimits) {
    this.#vcenter = vcenter;
    this.#limits = limits;
    this.#all = new PQueue({ concurrency: limits.clones });
  }

  /** Waits for its turn. The datastore's comes first: who waits for that one holds up nobody else. */
  inTurn<T>(request: CloneRequest, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { instanceUuid, mayBeUnderWay, placement } = request;
    const { datastore } = placement;
    if (!this.#lastOf.has(instanceUuid)) this.#lastOf.set(instanceUuid, mayBeUnderWay ? 'lost' : 'none');
    let queue = this.#byDatastore.get(datastore.id);
    if (!queue) {
      queue = new PQueue({ concurrency: this.#limits.clonesPerDatastore });
      this.#byDatastore.set(datastore.id, queue);
    }
    return queue.add(() => this.#all.add(work, { signal }), { signal });
  }

  /**
   * Makes the VM, or finds the one that an earlier process made or is still making.
   * @throws `vsphere.name_taken` when another VM of that name is in the folder; what the task's fault means.
   */
  async make(
    request: CloneRequest,
    spec: () => Promise<VimStruct>,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Ref> {
    const known = request.mayBeUnderWay ? await this.#findOrAwait(request, signal) : undefined;
    if (known) return known;
    try {
      return await this.#clone(request, await spec(), onProgress, signal);
    } catch (error) {
      if (!hasCode(error, 'vsphere.name_taken')) throw error;
      const ours = await this.#findOrAwait(request, signal);
      if (ours) return ours;
      throw error;
    }
  }

  /**
   * Waits for the end, whatever it is, of a clone that may be under way.
   * @throws `vsphere.task_overdue` when it has not ended within its time.
   */
  async settle({ name, instanceUuid, placement, withinMs }: UnfinishedClone, signal: AbortSignal): Promise<void> {
    const { source } = placement;
    if (source.type !== 'VirtualMachine') return; // an item of a library: no task of its own
    const last = this.#lastOf.get(instanceUuid) ?? 'lost';
    if (last === 'none') return;
    const tasks =
      last === 'lost'
        ? await runningClones(this.#vcenter, source, this.#started, signal)
        : await stillRunning(this.#vcenter, [last], signal);
    await awaitClones(this.#vcenter, tasks, withinMs, signal);
    const [task] = await stillRunning(this.#vcenter, tasks, signal);
    if (!task) return;
    const what = `end the clone of ${name}`;
    throw vsphereErrors.task_overdue({ what, withinSeconds: withinMs / 1000, seen: 'it goes on', task: task.id });
  }

  /** The machine by its UUID; when it is not there, again after every clone of its source that may become it has ended. */
  async #findOrAwait(
    { instanceUuid, placement, withinMs }: CloneRequest,
    signal: AbortSignal,
  ): Promise<Ref | undefined> {
    const underWay = await runningClones(this.#vcenter, placement.source, this.#started, signal);
    const found = underWay.length === 0 ? await findVmRef(this.#vcenter, instanceUuid, signal) : undefined;
    if (found || underWay.length === 0) return found;
    // Even if it is found already: it is whole only when its task has ended.
    await awaitClones(this.#vcenter, underWay, withinMs, signal);
    return await findVmRef(this.#vcenter, instanceUuid, signal);
  }

  async #clone(
    { name, instanceUuid, placement, withinMs }: CloneRequest,
    spec: VimStruct,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Ref> {
    const what = `clone ${name}`;
    const args = { folder: placement.folder, name, spec };
    const call = { method: 'CloneVM_Task', target: placement.source, args, what };
    this.#lastOf.set(instanceUuid, 'lost');
    const task = refOf(child(await this.#vcenter.call(call, signal), 'returnval'));
    if (!task)
      throw vsphereErrors.not_vcenter({ address: this.#vcenter.address, reason: 'CloneVM_Task started no task' });
    this.#started.add(task.id);
    this.#lastOf.set(instanceUuid, task);
    const tell = ({ percent }: TaskProgress): void => {
      if (percent !== undefined) onProgress({ label: what, done: percent, total: 100, unit: 'percent' });
    };
    const made = refOf(await followTask(this.#vcenter, task, { what, withinMs, onProgress: tell }, signal));
    if (made) return made;
    throw vsphereErrors.not_vcenter({ address: this.#vcenter.address, reason: `the task ${task.id} made nothing` });
  }
}
