import { hasCode } from '#shared/errors/define.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { child, items, refOf } from '../client/answer.ts';
import type { Ref } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import { runTask } from '../client/tasks.ts';
import type { Vcenter } from '../client/vcenter.ts';

/** @param path `/DC0/vm/team-a`, names in it escaped as vCenter keeps them. */
export async function findFolder(vcenter: Vcenter, path: string, signal: AbortSignal): Promise<Ref | undefined> {
  const args = { inventoryPath: path.slice(1) };
  const call = { method: 'FindByInventoryPath', target: vcenter.content.searchIndex, args, what: `look for ${path}` };
  const found = refOf(child(await vcenter.call(call, signal), 'returnval'));
  return found?.type === 'Folder' ? found : undefined;
}

export interface FoundFolders {
  /** The lowest one that exists. */
  readonly above: Ref;
  /** Paths of those below it, topmost first. */
  readonly missing: readonly string[];
}

/** @throws `vsphere.not_found` when not even the datacenter's topmost folder is there. */
export async function lookForFolders(vcenter: Vcenter, path: string, signal: AbortSignal): Promise<FoundFolders> {
  const missing: string[] = [];
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const above = await findFolder(vcenter, at, signal);
    if (above) return { above, missing };
    missing.unshift(at);
  }
  throw vsphereErrors.not_found({ what: `look for the folder ${path}`, object: 'a folder above it' });
}

/** Answers those it made, in `made`; another process may have been quicker. */
export async function makeFolders(
  vcenter: Vcenter,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly folder: Ref; readonly made: readonly Ref[] }> {
  const { above, missing } = await lookForFolders(vcenter, path, signal);
  const made: Ref[] = [];
  let folder = above;
  for (const at of missing) {
    const name = at.slice(at.lastIndexOf('/') + 1);
    try {
      const call = { method: 'CreateFolder', target: folder, args: { name }, what: `make the folder ${at}` };
      const next = refOf(child(await vcenter.call(call, signal), 'returnval'));
      if (!next) throw vsphereErrors.not_vcenter({ address: vcenter.address, reason: 'it made no folder' });
      folder = next;
      made.push(next);
    } catch (error) {
      const there = hasCode(error, 'vsphere.name_taken') ? await findFolder(vcenter, at, signal) : undefined;
      if (!there) throw error;
      folder = there;
    }
  }
  return { folder, made };
}

const removeMs = 60_000;

/** @returns whether it is gone: one with anything in it stays. */
export async function removeEmptyFolder(vcenter: Vcenter, path: string, signal: AbortSignal): Promise<boolean> {
  const folder = await findFolder(vcenter, path, signal);
  if (!folder) return true;
  try {
    const what = `remove the folder ${path}`;
    const sets = [{ type: 'Folder', paths: ['childEntity'] }];
    const [found] = await readObjects(vcenter, what, [folder], sets, signal);
    const inside = found?.values.get('childEntity');
    // Unreadable is not empty.
    if (!found || found.missing.has('childEntity') || (inside && items(inside).some((item) => refOf(item))))
      return false;
    await removeFolder(vcenter, folder, what, signal);
    return true;
  } catch (error) {
    if (hasCode(error, 'vsphere.not_found')) return true;
    throw error;
  }
}

/** What was put into it a moment ago only leaves the inventory: `Destroy_Task` would destroy it. */
async function removeFolder(vcenter: Vcenter, folder: Ref, what: string, signal: AbortSignal): Promise<void> {
  const follow = { what, withinMs: removeMs };
  try {
    await runTask(vcenter, { method: 'UnregisterAndDestroy_Task', target: folder }, follow, signal);
  } catch (error) {
    // A server that does not know the method: of a simulator, mostly.
    if (!hasCode(error, 'vsphere.invalid_request')) throw error;
    await runTask(vcenter, { method: 'Destroy_Task', target: folder }, follow, signal);
  }
}
