import { describe, expect, it } from 'vitest';
import { callEnvelope } from '#main/vsphere/client/envelope.ts';
import { child, children, parseEnvelope } from '#main/vsphere/client/answer.ts';
import { configSpec } from '#main/vsphere/vm/clone-spec.ts';
import { devicesOf } from '#main/vsphere/vm/devices.ts';
import { errorData } from '#shared/errors/define.ts';
import { template } from '../some-places.ts';

/** Devices as vCenter answers them. */
function devices(...xml: readonly string[]) {
  const list = `<list>${xml.join('')}</list>`;
  const body = `<e:Envelope xmlns:e="e" xmlns:xsi="i"><e:Body><Read>${list}</Read></e:Body></e:Envelope>`;
  return devicesOf(child(parseEnvelope(body)?.element ?? {}, 'list'));
}

const device = (type: string, inner: string) => `<VirtualDevice xsi:type="${type}">${inner}</VirtualDevice>`;
const scsi = device('ParaVirtualSCSIController', '<key>1000</key><busNumber>0</busNumber>');
const disk = (unit: number, more = '') =>
  device(
    'VirtualDisk',
    `<key>${String(2000 + unit)}</key><backing xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>[ds] t/t.vmdk</fileName>` +
      `<datastore type="Datastore">ds-1</datastore></backing><controllerKey>1000</controllerKey>` +
      `<unitNumber>${String(unit)}</unitNumber><capacityInKB>10485760</capacityInKB>${more}<shares><shares>1000</shares></shares>`,
  );
const nic = device(
  'VirtualE1000',
  '<key>4000</key><unitNumber>7</unitNumber><macAddress>00:50:56:00:00:01</macAddress>',
);

function sent(changes: Parameters<typeof template>[0], ...xml: readonly string[]): string {
  const request = { template: template(changes), instanceUuid: 'uuid', annotation: 'ours' };
  const spec = configSpec(request, devices(...xml), [], 'clone m', 'golden');
  return callEnvelope('X', { type: 'VirtualMachine', id: 'vm-1' }, { spec });
}

describe('the configuration of a clone', () => {
  it('takes away the NICs of the source, whatever their type', () => {
    expect(sent({}, scsi, disk(0), nic)).toContain(
      '<operation>remove</operation><device xsi:type="VirtualE1000"><key>4000</key></device>',
    );
  });

  it('grows the first disk and leaves all else of it as it is, in the order of the WSDL', () => {
    const grown = sent({ diskGiB: 20 }, scsi, disk(0), disk(1));
    expect(grown).toContain(
      '<operation>edit</operation><device xsi:type="VirtualDisk"><key>2000</key>' +
        '<backing xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>[ds] t/t.vmdk</fileName>' +
        '<datastore type="Datastore">ds-1</datastore></backing><controllerKey>1000</controllerKey>' +
        '<unitNumber>0</unitNumber><capacityInKB>20971520</capacityInKB>' +
        '<capacityInBytes>21474836480</capacityInBytes><shares><shares>1000</shares></shares></device>',
    );
    expect(grown.match(/<operation>edit/g)).toHaveLength(1);
  });

  it('gives new disks places of their own, and never that of the controller itself', () => {
    const taken = [0, 1, 2, 3, 4, 5].map((unit) => disk(unit));
    const added = sent({ disks: [{ sizeGiB: 1 }, { sizeGiB: 1 }, { sizeGiB: 1 }] }, scsi, ...taken);
    const spec = parseEnvelope(added.replace('<soapenv:Body>', '<soapenv:Body xmlns:xsi="i">'))?.element ?? {};
    const units = children(child(spec, 'spec') ?? {}, 'deviceChange')
      .map((change) => child(change, 'device', 'unitNumber')?.['#text'])
      .filter((unit) => unit !== undefined);
    expect(units).toEqual(['6', '8', '9']);
  });

  it('is refused when there is no place for a disk', () => {
    const full = Array.from({ length: 16 }, (_, unit) => disk(unit));
    const refused = (): unknown => sent({ disks: [{ sizeGiB: 1 }] }, scsi, ...full);
    expect(codeOf(refused)).toBe('vsphere.source_unfit');
  });
});

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return errorData(error).code;
  }
  return undefined;
}
