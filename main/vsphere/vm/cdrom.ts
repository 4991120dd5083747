import { vsphereErrors } from '#shared/errors/vsphere.ts';
import { typed, type TypedInput } from '../client/envelope.ts';
import type { Ref } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { change } from './clone-spec.ts';
import { devicesOf, freeUnit, type Device } from './devices.ts';
import { answerWhile } from './question.ts';
import { isoOf } from './read-vm.ts';
import { reconfigure } from './reconfigure.ts';
import type { NamedVm } from './vm-ref.ts';

/** @param file `[datastore] path` */
export async function attachIso(
  vcenter: Vcenter,
  { ref: vm, name }: NamedVm,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const what = `put ${file} into the CD-ROM drive of ${name}`;
  const devices = await readDevices(vcenter, vm, what, signal);
  const drives = devices.filter(({ type }) => type === 'VirtualCdrom');
  if (drives.some((drive) => isoOf(drive) === file)) return;
  const drive = drives.find((one) => isoOf(one) === null) ?? drives[0];
  const backing = typed('VirtualCdromIsoBackingInfo', { fileName: file });
  const connectable = { startConnected: true, allowGuestControl: true, connected: true };
  const deviceChange = drive
    ? change('edit', driveAs(drive, backing, connectable))
    : addDrive(devices, backing, connectable);
  if (deviceChange === undefined) {
    const problem = 'its IDE and SATA controllers have no place for a CD-ROM drive.';
    throw vsphereErrors.source_unfit({ what, source: name, problem });
  }
  await reconfigure(vcenter, vm, { deviceChange }, what, signal);
}

/** Takes every image out, also when the guest has locked the drive. */
export async function detachIso(vcenter: Vcenter, { ref: vm, name }: NamedVm, signal: AbortSignal): Promise<void> {
  const what = `take the image out of the CD-ROM drive of ${name}`;
  const drives = (await readDevices(vcenter, vm, what, signal)).filter((device) => isoOf(device) !== null);
  if (drives.length === 0) return;
  const backing = typed('VirtualCdromRemotePassthroughBackingInfo', { deviceName: '', exclusive: false });
  const connectable = { startConnected: false, allowGuestControl: true, connected: false };
  const deviceChange = drives.map((drive) => change('edit', driveAs(drive, backing, connectable)));
  await answerWhile(vcenter, vm, (until) => reconfigure(vcenter, vm, { deviceChange }, what, until), signal);
}

type Connectable = Readonly<Record<'startConnected' | 'allowGuestControl' | 'connected', boolean>>;

function driveAs(
  { key, controllerKey, unitNumber }: Device,
  backing: TypedInput,
  connectable: Connectable,
): TypedInput {
  return typed('VirtualCdrom', { key, backing, connectable: { ...connectable }, controllerKey, unitNumber });
}

/** On a controller that is there: a new one cannot be added to a machine that runs. */
function addDrive(devices: readonly Device[], backing: TypedInput, connectable: Connectable): TypedInput | undefined {
  for (const type of ['VirtualIDEController', 'VirtualAHCIController']) {
    for (const controller of devices.filter((device) => device.type === type)) {
      const unitNumber = freeUnit(controller, devices);
      const place = { controllerKey: controller.key, unitNumber };
      if (unitNumber !== undefined)
        return change('add', typed('VirtualCdrom', { key: -3000, backing, connectable, ...place }));
    }
  }
  return undefined;
}

async function readDevices(vcenter: Vcenter, vm: Ref, what: string, signal: AbortSignal): Promise<readonly Device[]> {
  const path = 'config.hardware.device';
  const [found] = await readObjects(vcenter, what, [vm], [{ type: vm.type, paths: [path] }], signal);
  return devicesOf(found?.values.get(path));
}
