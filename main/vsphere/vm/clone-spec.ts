import type { CloneRequest } from '#main/cluster/vsphere-port.ts';
import { vsphereErrors } from '#shared/errors/vsphere.ts';
import type { NodeTemplate } from '#shared/spec/node-template.ts';
import { echo } from '../client/echo.ts';
import { typed, type TypedInput, type VimInput, type VimStruct } from '../client/envelope.ts';
import type { Ref } from '../client/reference.ts';
import type { Network } from '../inventory/choices.ts';
import { diskControllers, disksOf, freeUnit, nicsOf, type Device } from './devices.ts';
import type { CloneSource } from './source.ts';

/**
 * The whole machine in one `VirtualMachineCloneSpec`: nothing of it has to be configured afterwards. In the order of the
 * WSDL.
 * @param networks Of the template, in its order.
 * @throws `vsphere.source_unfit`
 */
export function cloneSpec(request: CloneRequest, source: CloneSource, networks: readonly Network[]): VimStruct {
  const { template, placement } = request;
  const linked = template.clone === 'linked';
  return {
    location: {
      datastore: placement.datastore,
      diskMoveType: linked ? 'createNewChildDiskBacking' : 'moveAllDiskBackingsAndConsolidate',
      pool: placement.pool,
      host: placement.host ?? undefined,
    },
    template: false,
    config: configSpec(request, source.devices, networks, `clone ${request.name}`, source.name),
    powerOn: false,
    snapshot: linked ? snapshotOf(template, source, request.name) : undefined,
  };
}

/** A `VirtualMachineConfigSpec` for a machine that has the source's devices: a clone, or what a library item became. */
export function configSpec(
  { template, instanceUuid, annotation }: Pick<CloneRequest, 'template' | 'instanceUuid' | 'annotation'>,
  devices: readonly Device[],
  networks: readonly Network[],
  what: string,
  source: string,
): VimStruct {
  const grown = template.clone === 'linked' ? undefined : grownDisk(template, devices, what, source);
  return {
    instanceUuid,
    annotation,
    // Kubernetes finds the disk of a volume by its UUID.
    flags: { diskUuidEnabled: true },
    numCPUs: template.cpus,
    numCoresPerSocket: template.coresPerSocket,
    memoryMB: template.memoryMiB,
    deviceChange: [
      ...nicsOf(devices).map(({ type, key }) => change('remove', typed(type, { key }))),
      ...networks.map((network, at) => change('add', nic(network, -1000 - at))),
      ...(grown ? [change('edit', grown)] : []),
      ...newDisks(template, devices, what, source).map((disk) => change('add', disk, 'create')),
    ],
    extraConfig: Object.entries({ 'disk.enableUUID': 'TRUE', ...template.extraConfig }).map(([key, value]) =>
      extraOption(key, value),
    ),
    // Else cloud-init would take the template's OVF environment for its data source.
    vAppConfigRemoved: true,
  };
}

export function extraOption(key: string, value: string): TypedInput {
  return typed('OptionValue', { key, value: typed('xsd:string', value) });
}

export function change(operation: 'add' | 'edit' | 'remove', device: TypedInput, fileOperation?: 'create'): TypedInput {
  return typed('VirtualDeviceConfigSpec', { operation, fileOperation, device });
}

function snapshotOf({ snapshot: wanted }: NodeTemplate, source: CloneSource, name: string): Ref {
  const { currentSnapshot, snapshots } = source;
  const found = wanted === undefined ? currentSnapshot : snapshots.find((one) => one.name === wanted)?.ref;
  if (found) return found;
  const names = snapshots.map((one) => `"${one.name}"`).join(', ');
  const problem =
    wanted === undefined
      ? 'it has no snapshot, and a linked clone starts from one.'
      : `it has no snapshot "${wanted}"${names === '' ? '' : `, only ${names}`}.`;
  throw vsphereErrors.source_unfit({ what: `clone ${name}`, source: source.name, problem });
}

/** Key: negative and unique in the spec; vCenter gives it another one. */
function nic(network: Network, key: number): TypedInput {
  const connectable = { startConnected: true, allowGuestControl: true, connected: true };
  return typed('VirtualVmxnet3', { key, backing: nicBacking(network), connectable, addressType: 'generated' });
}

function nicBacking({ kind, ref, name, switchUuid, portgroupKey, opaqueId, opaqueType }: Network): TypedInput {
  switch (kind) {
    case 'distributed':
      return typed('VirtualEthernetCardDistributedVirtualPortBackingInfo', { port: { switchUuid, portgroupKey } });
    case 'opaque':
      return typed('VirtualEthernetCardOpaqueNetworkBackingInfo', {
        opaqueNetworkId: opaqueId,
        opaqueNetworkType: opaqueType,
      });
    case 'standard':
      return typed('VirtualEthernetCardNetworkBackingInfo', { deviceName: name, network: ref });
  }
}

const gib = 2 ** 30;

function grownDisk(
  { diskGiB }: NodeTemplate,
  devices: readonly Device[],
  what: string,
  source: string,
): TypedInput | undefined {
  if (diskGiB === undefined) return undefined;
  const [first] = disksOf(devices);
  if (!first) throw vsphereErrors.source_unfit({ what, source, problem: 'it has no disk.' });
  const wanted = diskGiB * gib;
  if (wanted === first.capacityBytes) return undefined;
  if (wanted < first.capacityBytes) {
    const has = String(Math.ceil((first.capacityBytes / gib) * 10) / 10);
    const problem = `its first disk has ${has} GiB, and cannot shrink to ${String(diskGiB)}.`;
    throw vsphereErrors.source_unfit({ what, source, problem });
  }
  const { capacityInBytes: _, ...device } = echo(first.element);
  const fields = Object.entries(device).flatMap(([name, value]): (readonly [string, VimInput])[] =>
    // Left out, one of the two would be taken for 0 by some versions; they have their place in the order.
    name === 'capacityInKB'
      ? [
          ['capacityInKB', wanted / 1024],
          ['capacityInBytes', wanted],
        ]
      : [[name, value]],
  );
  return typed(first.type, Object.fromEntries(fields));
}

function newDisks({ disks }: NodeTemplate, devices: readonly Device[], what: string, source: string): TypedInput[] {
  const taken = [...devices];
  return disks.map(({ sizeGiB, thin }, at) => {
    const key = -2000 - at;
    const place = diskControllers(devices)
      .map((controller) => ({ controllerKey: controller.key, unitNumber: freeUnit(controller, taken) }))
      .find(({ unitNumber }) => unitNumber !== undefined);
    if (!place) {
      const problem = `its disk controllers have no place for ${String(disks.length)} more disks.`;
      throw vsphereErrors.source_unfit({ what, source, problem });
    }
    taken.push({ key, type: 'VirtualDisk', element: {}, ...place });
    return typed('VirtualDisk', {
      key,
      // Without a name vCenter puts it beside the machine's own files.
      backing: typed('VirtualDiskFlatVer2BackingInfo', {
        fileName: '',
        diskMode: 'persistent',
        thinProvisioned: thin,
      }),
      ...place,
      capacityInKB: (sizeGiB * gib) / 1024,
      capacityInBytes: sizeGiB * gib,
    });
  });
}
