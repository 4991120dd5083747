import {
  booleanOf,
  child,
  children,
  items,
  numberOf,
  refOf,
  textAt,
  textOf,
  xsiTypeOf,
  type XmlElement,
} from '../client/answer.ts';
import type { ObjectProperties } from '../client/property-filter.ts';
import { refKey, type Ref } from '../client/reference.ts';
import { readObjects } from '../client/retrieve.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { hardwareVersion } from './hardware-version.ts';

/** What a template or VM is like that machines are cloned from. */
export interface SourceFacts {
  readonly template: boolean;
  readonly poweredOn: boolean;
  readonly guestId: string;
  /** `undefined` when vCenter does not tell. */
  readonly hardware: number | undefined;
  /** `guestToolsNotInstalled` and its like; '' when vCenter does not tell. */
  readonly tools: string;
  /** In the order of the VM: the first one is the system's. */
  readonly disks: readonly SourceDisk[];
  /** A CD-ROM drive, or a controller that one can be put on. */
  readonly cdromPossible: boolean;
  /** Names, at every depth. */
  readonly snapshots: readonly string[];
  /** There is a current one. */
  readonly snapshot: boolean;
  /** What its disks take on the datastore now. */
  readonly usedBytes: number;
  /** It says that it has cloud-init: vCenter itself does not know. */
  readonly cloudInit: boolean;
}

export interface SourceDisk {
  readonly capacityBytes: number;
  readonly thin: boolean;
  readonly controller: 'SCSI' | 'NVMe' | 'IDE' | 'SATA' | 'unknown';
}

const paths = [
  ...['config.template', 'config.guestId', 'config.version', 'config.hardware.device', 'config.vAppConfig'],
  ...['config.extraConfig', 'config.annotation', 'guest.toolsVersionStatus2', 'runtime.powerState', 'snapshot'],
  'summary.storage.committed',
];

/** By `refKey`. One call for all of them. */
export async function readSources(
  vcenter: Vcenter,
  sources: readonly Ref[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SourceFacts>> {
  const sets = [{ type: 'VirtualMachine', paths }];
  const found = await readObjects(vcenter, 'look at the templates', sources, sets, signal);
  return new Map(found.map((object) => [refKey(object.ref), sourceFacts(object.values)]));
}

function sourceFacts(values: ObjectProperties['values']): SourceFacts {
  const devices = items(values.get('config.hardware.device') ?? {});
  const snapshot = values.get('snapshot');
  return {
    template: booleanOf(values.get('config.template')) ?? false,
    poweredOn: textOf(values.get('runtime.powerState')) === 'poweredOn',
    guestId: textOf(values.get('config.guestId')) ?? '',
    hardware: hardwareVersion(textOf(values.get('config.version')) ?? ''),
    tools: textOf(values.get('guest.toolsVersionStatus2')) ?? '',
    disks: disksOf(devices),
    cdromPossible: devices.some((device) =>
      /^Virtual(Cdrom|IDEController|AHCIController)$/.test(xsiTypeOf(device) ?? ''),
    ),
    snapshots: snapshot ? children(snapshot, 'rootSnapshotList').flatMap(snapshotNames) : [],
    snapshot: snapshot !== undefined && refOf(child(snapshot, 'currentSnapshot')) !== undefined,
    usedBytes: numberOf(values.get('summary.storage.committed')) ?? 0,
    cloudInit: saysCloudInit(values),
  };
}

function disksOf(devices: readonly XmlElement[]): readonly SourceDisk[] {
  const controllers = new Map(devices.map((device) => [textAt(device, 'key'), xsiTypeOf(device) ?? '']));
  return devices
    .filter((device) => xsiTypeOf(device) === 'VirtualDisk')
    .map((disk) => ({
      // Before vSphere 5.5 there was only the one in KB.
      capacityBytes: numberOf(child(disk, 'capacityInBytes')) ?? (numberOf(child(disk, 'capacityInKB')) ?? 0) * 1024,
      thin: booleanOf(child(disk, 'backing', 'thinProvisioned')) ?? false,
      controller: controllerKind(controllers.get(textAt(disk, 'controllerKey')) ?? ''),
    }));
}

function controllerKind(type: string): SourceDisk['controller'] {
  if (type === 'VirtualNVMEController') return 'NVMe';
  if (type === 'VirtualIDEController') return 'IDE';
  if (type === 'VirtualAHCIController') return 'SATA';
  return /^(ParaVirtualSCSI|VirtualLsiLogic(SAS)?|VirtualBusLogic|VirtualSCSI)Controller$/.test(type)
    ? 'SCSI'
    : 'unknown';
}

function snapshotNames(tree: XmlElement): readonly string[] {
  return [textAt(tree, 'name') ?? '', ...children(tree, 'childSnapshotList').flatMap(snapshotNames)];
}

/** The cloud images of the distributions have a vApp property `user-data`; other images say it in their notes. */
function saysCloudInit(values: ObjectProperties['values']): boolean {
  const properties = children(values.get('config.vAppConfig') ?? {}, 'property').map((one) => textAt(one, 'id') ?? '');
  const keys = items(values.get('config.extraConfig') ?? {}).map((one) => textAt(one, 'key') ?? '');
  const notes = textOf(values.get('config.annotation')) ?? '';
  return (
    properties.includes('user-data') ||
    keys.some((key) => /^guestinfo\.(userdata|metadata|vendordata)(\.|$)/.test(key)) ||
    /cloud-?(init|img|image)/i.test(notes)
  );
}
