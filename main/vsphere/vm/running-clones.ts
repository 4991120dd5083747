import { hasCode } from '#shared/errors/define.ts';
import { items, refOf, textOf, type XmlElement } from '../client/answer.ts';
import type { Ref } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import { followTask } from '../client/tasks.ts';
import type { Vcenter } from '../client/vcenter.ts';

/** Clones of a source that go on in vCenter and that this process did not start; none when it is gone. 2 calls. */
export async function runningClones(
  vcenter: Vcenter,
  source: Ref,
  ours: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Ref[]> {
  try {
    return await lookForClones(vcenter, source, ours, signal);
  } catch (error) {
    if (!hasCode(error, 'vsphere.not_found')) throw error;
    return [];
  }
}

async function lookForClones(
  vcenter: Vcenter,
  source: Ref,
  ours: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Ref[]> {
  const what = 'look for clones that are under way';
  const [found] = await readObjects(vcenter, what, [source], [{ type: source.type, paths: ['recentTask'] }], signal);
  const recent = found?.values.get('recentTask');
  const tasks = (recent ? items(recent) : []).flatMap((item) => refOf(item) ?? []);
  const others = tasks.filter(({ id }) => !ours.has(id));
  const paths = ['info.state', 'info.descriptionId'];
  const read = await readObjects(vcenter, what, others, [{ type: 'Task', paths }], signal);
  return read
    .filter(({ values }) => {
      const isClone = textOf(values.get('info.descriptionId'))?.toLowerCase().includes('clone') ?? false;
      return isClone && isUnderWay(values);
    })
    .map(({ ref }) => ref);
}

/** Of these tasks. One that vCenter has forgotten has ended. */
export async function stillRunning(
  vcenter: Vcenter,
  tasks: readonly Ref[],
  signal: AbortSignal,
): Promise<readonly Ref[]> {
  try {
    const sets = [{ type: 'Task', paths: ['info.state'] }];
    const read = await readObjects(vcenter, 'look at clones', tasks, sets, signal);
    return read.filter(({ values }) => isUnderWay(values)).map(({ ref }) => ref);
  } catch (error) {
    if (!hasCode(error, 'vsphere.not_found')) throw error;
    return [];
  }
}

function isUnderWay(values: ReadonlyMap<string, XmlElement>): boolean {
  const state = textOf(values.get('info.state'));
  return state === 'running' || state === 'queued';
}

/** Waits for their ends, whatever they are: they may be other people's, and are not stopped when we are. */
export async function awaitClones(
  vcenter: Vcenter,
  tasks: readonly Ref[],
  withinMs: number,
  signal: AbortSignal,
): Promise<void> {
  const follow = { what: 'wait for a clone that is under way', withinMs, onlyLook: true };
  await Promise.allSettled(tasks.map((task) => followTask(vcenter, task, follow, signal)));
  signal.throwIfAborted();
}
