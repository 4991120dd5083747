import { describe, expect, it } from 'vitest';
import { diskNeedBytes } from '#main/vsphere/placement/disk-need.ts';
import type { Device } from '#main/vsphere/vm/devices.ts';
import { template } from '../some-places.ts';

const gib = 2 ** 30;

function disk(sizeGiB: number, thin: boolean): Device {
  const text = (value: string) => [{ '#text': value }];
  const backing = [{ thinProvisioned: text(String(thin)) }];
  const element = { capacityInBytes: text(String(sizeGiB * gib)), backing };
  return { key: 2000, type: 'VirtualDisk', controllerKey: 1000, unitNumber: 0, element };
}

const thin = { devices: [disk(20, true)], usedBytes: 3 * gib };
const thick = { devices: [disk(20, false)], usedBytes: 20 * gib };

describe('diskNeedBytes', () => {
  it.each([
    { what: 'a thin disk: what the source has in it, and the swap file', source: thin, changes: {}, needGiB: 3 + 4 },
    { what: 'a thin disk that may grow: the same', source: thin, changes: { diskGiB: 40 }, needGiB: 3 + 4 },
    { what: 'a disk of fixed size: all of it', source: thick, changes: {}, needGiB: 20 + 4 },
    { what: 'a disk of fixed size that grows: its new size', source: thick, changes: { diskGiB: 30 }, needGiB: 30 + 4 },
    { what: 'a linked clone: no more than its swap file', source: thick, changes: { clone: 'linked' }, needGiB: 4 },
    {
      what: 'further disks: those of fixed size',
      source: thin,
      changes: { disks: [{ sizeGiB: 5, thin: false }, { sizeGiB: 50 }] },
      needGiB: 3 + 4 + 5,
    },
  ] as const)('counts for $what', ({ source, changes, needGiB }) => {
    expect(
      diskNeedBytes(template({ ...changes, disks: [...('disks' in changes ? changes.disks : [])] }), source) / gib,
    ).toBe(needGiB);
  });
});
