import { hasCode } from '#shared/errors/define.ts';
import { textOf, type XmlElement } from '../client/answer.ts';
import { typed } from '../client/envelope.ts';
import type { Ref } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import { runTask } from '../client/tasks.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { change } from './clone-spec.ts';
import { devicesOf, disksOf, type Disk } from './devices.ts';
import { switchPower } from './power.ts';
import { reconfigure } from './reconfigure.ts';

const destroyMs = 10 * 60_000;
const paths = ['name', 'config.files.vmPathName', 'config.hardware.device', 'runtime.powerState'];

/**
 * Powers off and destroys; disks that are not in the VM's own folder, or live for themselves, are taken off first and
 * kept: `Destroy_Task` would delete them.
 * @returns their paths.
 */
export async function removeVm(vcenter: Vcenter, vm: Ref, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const sets = [{ type: vm.type, paths }];
    const [found] = await readObjects(vcenter, 'look at a machine to remove', [vm], sets, signal);
    const values = found?.values ?? new Map<string, XmlElement>();
    const name = textOf(values.get('name')) ?? vm.id;
    if (textOf(values.get('runtime.powerState')) !== 'poweredOff') {
      await switchPower(vcenter, vm, 'off', `power off ${name}`, signal);
    }
    const own = folderOf(textOf(values.get('config.files.vmPathName')) ?? '');
    const foreign = disksOf(devicesOf(values.get('config.hardware.device'))).filter((disk) => isForeign(disk, own));
    if (foreign.length > 0) {
      // No file operation: the disk leaves the machine, its file stays.
      const deviceChange = foreign.map(({ type, key, capacityBytes }) =>
        // The WSDL wants the capacity even here.
        change('remove', typed(type, { key, capacityInKB: capacityBytes / 1024 })),
      );
      await reconfigure(vcenter, vm, { deviceChange }, `take the disks of others off ${name}`, signal);
    }
    const call = { method: 'Destroy_Task', target: vm };
    await runTask(vcenter, call, { what: `remove ${name}`, withinMs: destroyMs }, signal);
    return foreign.map(({ file }) => file);
  } catch (error) {
    // Somebody, or an earlier try of ours, has removed it meanwhile.
    if (hasCode(error, 'vsphere.not_found') && (await isGone(vcenter, vm, signal))) return [];
    throw error;
  }
}

function isForeign({ file, firstClass }: Disk, own: string): boolean {
  return firstClass || (file !== '' && folderOf(file) !== own);
}

/** `[datastore] folder` of `[datastore] folder/file`. */
function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

/** Some other object may be what was not found. */
async function isGone(vcenter: Vcenter, vm: Ref, signal: AbortSignal): Promise<boolean> {
  try {
    await readObjects(vcenter, 'look whether a machine is gone', [vm], [{ type: vm.type, paths: ['name'] }], signal);
    return false;
  } catch (error) {
    if (hasCode(error, 'vsphere.not_found')) return true;
    throw error;
  }
}
