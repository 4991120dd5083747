import { both16, both32, byte, joined, shortDate, structure } from './fields.ts';

export const sectorBytes = 2048;

export interface Extent {
  readonly sector: number;
  readonly bytes: number;
}

export interface DirectoryEntry extends Extent {
  /** As it stands on the disc. One byte, 0 or 1, for "." and "..". */
  readonly identifier: Uint8Array;
  readonly directory: boolean;
  readonly at: Date;
  /** Rock Ridge; empty in Joliet. */
  readonly systemUse: Uint8Array;
}

const identifierOffset = 33;

/** ECMA-119 9.1. */
export function directoryRecord({ identifier, directory, sector, bytes, at, systemUse }: DirectoryEntry): Uint8Array {
  // Both the identifier and the whole record end on an even byte.
  const systemUseOffset = even(identifierOffset + identifier.length);
  const length = even(systemUseOffset + systemUse.length);
  return structure(length, [
    [0, byte(length)],
    [2, both32(sector)],
    [10, both32(bytes)],
    [18, shortDate(at)],
    [25, byte(directory ? 2 : 0)],
    [28, both16(1)],
    [32, byte(identifier.length)],
    [identifierOffset, identifier],
    [systemUseOffset, systemUse],
  ]);
}

/** Whole sectors: no record crosses from one into the next. */
export function directorySectors(records: readonly Uint8Array[]): Uint8Array {
  const sectors: Uint8Array[][] = [[]];
  let used = 0;
  for (const record of records) {
    if (used + record.length > sectorBytes) {
      sectors.push([]);
      used = 0;
    }
    sectors.at(-1)?.push(record);
    used += record.length;
  }
  return joined(sectors.map((sector) => inSectors(joined(sector))));
}

/** Filled up with zeros; at least one sector. */
export function inSectors(content: Uint8Array): Uint8Array {
  return structure(sectorsFor(content.length) * sectorBytes, [[0, content]]);
}

export function sectorsFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / sectorBytes));
}

function even(length: number): number {
  return length + (length % 2);
}
