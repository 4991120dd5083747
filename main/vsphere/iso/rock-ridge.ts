import { ascii, both32, byte, joined, shortDate } from './fields.ts';

/** Entries of the System Use Sharing Protocol (SUSP, IEEE P1281) with which Rock Ridge (RRIP 1.09) gives POSIX names. */

export interface PosixAttributes {
  /** Type and permissions, as in `st_mode`. */
  readonly mode: number;
  readonly links: number;
  readonly at: Date;
}

/** Of a file in a directory. */
export function fileEntries(name: string, attributes: PosixAttributes): Uint8Array {
  return joined([present(0x89), posix(attributes), times(attributes), entry('NM', byte(0), ascii(name))]);
}

/** Of ".." */
export function parentEntries(attributes: PosixAttributes): Uint8Array {
  return joined([present(0x81), posix(attributes), times(attributes)]);
}

/** Of "." in the root: says that SUSP is in use, and where the rest is, which would make the record too long. */
export function rootEntries(attributes: PosixAttributes, continuationSector: number): Uint8Array {
  const inUse = entry('SP', byte(0xbe, 0xef, 0));
  const length = extensionReference().length;
  const continued = entry('CE', both32(continuationSector), both32(0), both32(length));
  return joined([inUse, parentEntries(attributes), continued]);
}

/** RRIP 1.09, 4.3: which protocol the entries follow, in these words. */
export function extensionReference(): Uint8Array {
  const texts = [
    'RRIP_1991A',
    'THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS',
    'PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN PRIMARY VOLUME DESCRIPTOR ' +
      'FOR CONTACT INFORMATION.',
  ];
  return entry('ER', byte(...texts.map(({ length }) => length), 1), ascii(texts.join('')));
}

/** Which entries there are: 1 PX, 8 NM, 0x80 TF. Older readers look for nothing without it. */
function present(flags: number): Uint8Array {
  return entry('RR', byte(flags));
}

function posix({ mode, links }: PosixAttributes): Uint8Array {
  return entry('PX', both32(mode), both32(links), both32(0), both32(0)); // owned by root
}

/** Modified, accessed, attributes changed. */
function times({ at }: PosixAttributes): Uint8Array {
  return entry('TF', byte(0x0e), shortDate(at), shortDate(at), shortDate(at));
}

function entry(signature: string, ...content: readonly Uint8Array[]): Uint8Array {
  const body = joined(content);
  return joined([ascii(signature), byte(body.length + 4, 1), body]);
}
