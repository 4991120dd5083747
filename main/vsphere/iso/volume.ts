import type { Extent } from './directory.ts';
import { sectorBytes } from './directory.ts';
import {
  ascii,
  bigEndian32,
  both16,
  both32,
  byte,
  type Field,
  joined,
  littleEndian32,
  longDate,
  structure,
  ucs2,
} from './fields.ts';

/** What one of the two descriptors says; everything else is equal in both. */
export interface Volume {
  readonly kind: 'primary' | 'joliet';
  readonly label: string;
  readonly at: Date;
  readonly sectors: number;
  readonly pathTableBytes: number;
  readonly littleEndianTable: number;
  readonly bigEndianTable: number;
  /** Directory record of the root, 34 bytes. */
  readonly root: Uint8Array;
}

/** ECMA-119 8.4 and, with Joliet's escape sequence (level 3) and encoding, 8.5. */
export function volumeDescriptor(volume: Volume): Uint8Array {
  const { kind, label, at, root } = volume;
  const text = (length: number, content = ''): Uint8Array =>
    kind === 'primary' ? ascii(content.padEnd(length)) : joined([ucs2(content.padEnd(length >>> 1)), byte(0)]);
  const table: readonly Field[] = [
    ...header(kind === 'primary' ? 1 : 2),
    [8, text(32).subarray(0, 32)], // system
    [40, text(32, label).subarray(0, 32)], // volume
    [80, both32(volume.sectors)],
    [88, kind === 'primary' ? byte() : ascii('%/E')],
    [120, both16(1)], // volumes in the set
    [124, both16(1)], // number of this one
    [128, both16(sectorBytes)],
    [132, both32(volume.pathTableBytes)],
    [140, littleEndian32(volume.littleEndianTable)],
    [148, bigEndian32(volume.bigEndianTable)],
    [156, root],
    // Volume set, publisher, preparer, application; then copyright, abstract and bibliographic file.
    ...[190, 318, 446].map((offset): Field => [offset, text(128).subarray(0, 128)]),
    [574, text(128, 'SLIPWAY').subarray(0, 128)],
    ...[702, 739, 776].map((offset): Field => [offset, text(37).subarray(0, 37)]),
    [813, longDate(at)], // created
    [830, longDate(at)], // modified
    [847, longDate(undefined)], // expires
    [864, longDate(at)], // effective
    [881, byte(1)],
  ];
  return structure(sectorBytes, table);
}

/** ECMA-119 8.3: no descriptor follows. */
export function descriptorsEnd(): Uint8Array {
  return structure(sectorBytes, header(255));
}

/** ECMA-119 9.4, of a volume whose only directory is the root. */
export function pathTable(root: Extent, endian: 'little' | 'big'): Uint8Array {
  const sector = endian === 'little' ? littleEndian32(root.sector) : bigEndian32(root.sector);
  const parent = endian === 'little' ? byte(1, 0) : byte(0, 1);
  return joined([byte(1, 0), sector, parent, byte(0, 0)]);
}

function header(type: number): readonly Field[] {
  return [
    [0, byte(type)],
    [1, ascii('CD001')],
    [6, byte(1)],
  ];
}
