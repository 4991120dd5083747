import type { FoundVm } from '#main/cluster/vsphere-port.ts';
import { child, children, refOf, refsOf, textAt, textOf } from '../client/answer.ts';
import { typed } from '../client/envelope.ts';
import { readObject, type ObjectProperties } from '../client/property-filter.ts';
import type { Ref } from '../client/reference.ts';
import type { Vcenter } from '../client/vcenter.ts';
import { plainName, Tree } from '../inventory/paths.ts';
import { devicesOf, macOf, nicsOf } from './devices.ts';

const vmPaths = [
  ...['name', 'parent', 'parentVApp', 'config.instanceUuid', 'config.hardware.device'],
  ...['runtime.powerState', 'runtime.host', 'datastore'],
];

/** Objects around a VM: their names are read with it. */
const around = [
  { name: 'folder', type: 'VirtualMachine', path: 'parent' },
  { name: 'host', type: 'VirtualMachine', path: 'runtime.host' },
  { name: 'datastore', type: 'VirtualMachine', path: 'datastore' },
];

/**
 * All there is to know of a VM, in 1 call.
 * @returns `undefined` when it is gone, or not whole yet: a clone has a name before it has a configuration.
 */
export async function readVm(vcenter: Vcenter, vm: Ref, signal: AbortSignal): Promise<FoundVm | undefined> {
  const upward = { name: 'upward', type: 'ManagedEntity', path: 'parent', skip: false, selectSet: { name: 'upward' } };
  const selectSet = around.map((one) =>
    typed('TraversalSpec', {
      ...{ ...one, skip: false },
      ...(one.name === 'folder' ? { selectSet: typed('TraversalSpec', upward) } : {}),
    }),
  );
  const propSet = [
    { type: 'VirtualMachine', all: false, pathSet: vmPaths },
    ...['Folder', 'Datacenter'].map((type) => ({ type, all: false, pathSet: ['name', 'parent'] })),
    ...['HostSystem', 'Datastore'].map((type) => ({ type, all: false, pathSet: ['name'] })),
  ];
  const args = { specSet: { propSet, objectSet: { obj: vm, skip: false, selectSet } }, options: {} };
  const target = vcenter.content.propertyCollector;
  const answer = await vcenter.call({ method: 'RetrievePropertiesEx', target, args, what: 'look at a VM' }, signal);
  const page = child(answer, 'returnval');
  const objects = (page ? children(page, 'objects') : []).flatMap((content) => readObject(content) ?? []);
  return describe(vm, objects, vcenter.content.rootFolder);
}

function describe(vm: Ref, objects: readonly ObjectProperties[], root: Ref): FoundVm | undefined {
  const nameOf = (wanted: Ref | undefined): string => {
    const found = objects.find(({ ref }) => ref.id === wanted?.id);
    return plainName(textOf(found?.values.get('name')) ?? wanted?.id ?? '');
  };
  const values = objects.find(({ ref }) => ref.id === vm.id)?.values;
  const rawName = textOf(values?.get('name'));
  const instanceUuid = textOf(values?.get('config.instanceUuid'));
  if (!values || rawName === undefined || instanceUuid === undefined) return undefined;
  const above = objects
    .filter(({ ref }) => ref.type === 'Folder' || ref.type === 'Datacenter')
    .map(({ ref, values: its }) => ({
      ref,
      rawName: textOf(its.get('name')) ?? ref.id,
      parent: refOf(its.get('parent')),
    }));
  const parent = refOf(values.get('parent')) ?? refOf(values.get('parentVApp'));
  const devices = devicesOf(values.get('config.hardware.device'));
  return {
    ref: vm,
    name: plainName(rawName),
    path: new Tree(above, root).placeOf({ ref: vm, rawName, parent }).path,
    instanceUuid,
    poweredOn: textOf(values.get('runtime.powerState')) === 'poweredOn',
    macs: nicsOf(devices).map(macOf),
    iso: devices.map(isoOf).find((iso) => iso !== null) ?? null,
    host: nameOf(refOf(values.get('runtime.host'))),
    datastores: refsOf(values.get('datastore')).map(nameOf),
  };
}

/** The image in a CD-ROM drive, as `[datastore] path`. */
export function isoOf({ type, element }: ReturnType<typeof devicesOf>[number]): string | null {
  if (type !== 'VirtualCdrom') return null;
  const file = textAt(element, 'backing', 'fileName');
  return file === undefined || file === '' ? null : file;
}
