/** One field of an on-disk structure: where it begins, and its bytes. */
export type Field = readonly [offset: number, bytes: Uint8Array];

/** Lays fields out over zeros. A field that does not fit is a fault of its table, and throws. */
export function structure(size: number, fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const [offset, field] of fields) bytes.set(field, offset);
  return bytes;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

export function byte(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function littleEndian32(value: number): Uint8Array {
  return byte(value, value >>> 8, value >>> 16, value >>> 24);
}

export function bigEndian32(value: number): Uint8Array {
  return littleEndian32(value).reverse();
}

/** ECMA-119 7.2.3: little-endian, then the same big-endian. */
export function both16(value: number): Uint8Array {
  return byte(value, value >>> 8, value >>> 8, value);
}

/** ECMA-119 7.3.3. */
export function both32(value: number): Uint8Array {
  return joined([littleEndian32(value), bigEndian32(value)]);
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** UCS-2, big-endian, as Joliet writes text. */
export function ucs2(text: string): Uint8Array {
  return Uint8Array.from(
    [...Array(text.length).keys()].flatMap((at) => [text.charCodeAt(at) >>> 8, text.charCodeAt(at)]),
  );
}

/** ECMA-119 9.1.5, of a directory record: years since 1900 … seconds, UTC. */
export function shortDate(at: Date): Uint8Array {
  const day = [at.getUTCFullYear() - 1900, at.getUTCMonth() + 1, at.getUTCDate()];
  return byte(...day, at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds(), 0);
}

/** ECMA-119 8.4.26.1, of a volume descriptor: 16 digits and the offset from UTC. `undefined`: not given. */
export function longDate(at: Date | undefined): Uint8Array {
  const digits = at ? at.toISOString().replace(/\D/g, '').slice(0, 16) : '0'.repeat(16);
  return joined([ascii(digits), byte(0)]);
}
