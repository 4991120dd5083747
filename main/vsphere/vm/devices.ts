import { children, child, numberOf, textAt, xsiTypeOf, type XmlElement } from '../client/answer.ts';

/** A virtual device. Chosen by its type: its label is in the language of the vCenter. */
export interface Device {
  readonly key: number;
  /** `VirtualVmxnet3`, `VirtualDisk`, `VirtualCdrom` … */
  readonly type: string;
  readonly controllerKey: number | undefined;
  readonly unitNumber: number | undefined;
  readonly element: XmlElement;
}

/** From `config.hardware.device`. */
export function devicesOf(list: XmlElement | undefined): readonly Device[] {
  return (list ? children(list, 'VirtualDevice') : []).flatMap((element) => {
    const key = numberOf(child(element, 'key'));
    if (key === undefined) return [];
    const device = {
      ...{ key, element, type: xsiTypeOf(element) ?? '' },
      controllerKey: numberOf(child(element, 'controllerKey')),
      unitNumber: numberOf(child(element, 'unitNumber')),
    };
    return [device];
  });
}

const nicTypes = new Set([
  ...['VirtualVmxnet3', 'VirtualVmxnet3Vrdma', 'VirtualVmxnet2', 'VirtualVmxnet', 'VirtualE1000', 'VirtualE1000e'],
  ...['VirtualPCNet32', 'VirtualSriovEthernetCard', 'VirtualEthernetCard'],
]);

/** In the order they were added in: vCenter counts their keys up. */
export function nicsOf(devices: readonly Device[]): readonly Device[] {
  return devices.filter(({ type }) => nicTypes.has(type)).toSorted((a, b) => a.key - b.key);
}

/** In lower case, as cloud-init compares them. */
export function macOf({ element }: Device): string {
  return (textAt(element, 'macAddress') ?? '').toLowerCase();
}

export interface Disk extends Device {
  readonly capacityBytes: number;
  readonly thin: boolean;
  /** `[datastore] folder/name.vmdk` */
  readonly file: string;
  /** A first class disk: it has a life of its own, as persistent volumes do. */
  readonly firstClass: boolean;
}

/** The first one is where the machine boots from. */
export function disksOf(devices: readonly Device[]): readonly Disk[] {
  return devices
    .filter(({ type }) => type === 'VirtualDisk')
    .map((device) => ({
      ...device,
      capacityBytes:
        numberOf(child(device.element, 'capacityInBytes')) ??
        (numberOf(child(device.element, 'capacityInKB')) ?? 0) * 1024,
      thin: textAt(device.element, 'backing', 'thinProvisioned') === 'true',
      file: textAt(device.element, 'backing', 'fileName') ?? '',
      firstClass: (textAt(device.element, 'vDiskId', 'id') ?? '') !== '',
    }))
    .toSorted((a, b) => bus(a) - bus(b) || (a.unitNumber ?? 0) - (b.unitNumber ?? 0));
}

function bus({ controllerKey }: Device): number {
  return controllerKey ?? 0;
}

/** How many devices a controller takes, and which unit it keeps for itself. */
const controllers: Readonly<Record<string, { readonly units: number; readonly own?: number }>> = {
  ParaVirtualSCSIController: { units: 16, own: 7 },
  VirtualLsiLogicController: { units: 16, own: 7 },
  VirtualLsiLogicSASController: { units: 16, own: 7 },
  VirtualBusLogicController: { units: 16, own: 7 },
  VirtualNVMEController: { units: 15 },
  VirtualAHCIController: { units: 30 },
  VirtualIDEController: { units: 2 },
};

/** The next place for a device on a controller; `undefined` when it is full or takes none. */
export function freeUnit(controller: Device, devices: readonly Device[]): number | undefined {
  const { units, own } = controllers[controller.type] ?? { units: 0, own: undefined };
  const taken = new Set(devices.filter((one) => one.controllerKey === controller.key).map((one) => one.unitNumber));
  for (let unit = 0; unit < units; unit++) if (unit !== own && !taken.has(unit)) return unit;
  return undefined;
}

/** Where new disks go: the controller of the first disk before others of its bus and the others that take disks. */
export function diskControllers(devices: readonly Device[]): readonly Device[] {
  const first = disksOf(devices)[0]?.controllerKey;
  return devices
    .filter(({ type }) => type in controllers && type !== 'VirtualIDEController')
    .toSorted((a, b) => Number(b.key === first) - Number(a.key === first) || a.key - b.key);
}
