import type { ManagedRef } from '#main/cluster/vsphere-port.ts';
import { child, refOf, textOf } from '../client/answer.ts';
import { readObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';

/**
 * The VM that an earlier process made from a library item and could not mark with its instance UUID any more: of that name,
 * in that folder, with these notes. `undefined` when there is none; a VM of that name with other notes is none of ours.
 */
export async function deployedBefore(
  vcenter: Vcenter,
  { folder, name, annotation }: { readonly folder: ManagedRef; readonly name: string; readonly annotation: string },
  signal: AbortSignal,
): Promise<ManagedRef | undefined> {
  const what = `look for ${name}`;
  const target = vcenter.content.searchIndex;
  const call = { method: 'FindChild', target, args: { entity: folder, name }, what };
  const vm = refOf(child(await vcenter.call(call, signal), 'returnval'));
  if (vm?.type !== 'VirtualMachine') return undefined;
  const sets = [{ type: 'VirtualMachine', paths: ['config.annotation'] }];
  const [read] = await readObjects(vcenter, what, [vm], sets, signal);
  const notes = textOf(read?.values.get('config.annotation')) ?? '';
  return withoutRun(notes) === withoutRun(annotation) ? vm : undefined;
}

/** An earlier run made it for the same machine: that is what counts. */
function withoutRun(annotation: string): string {
  return annotation
    .split('\n')
    .filter((line) => !line.startsWith('slipway.dev/run:'))
    .join('\n');
}
