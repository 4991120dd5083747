import { parseIpv4 } from './cidr.ts';

/** Both ends belong to it; unsigned 32-bit. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** @param text `10.0.0.10-10.0.0.40` or one address. `undefined` when it is neither, or runs backwards. */
export function parseRange(text: string): AddressRange | undefined {
  const [from = '', to = from, more] = text.split('-').map((part) => part.trim());
  const [first, last] = [parseIpv4(from), parseIpv4(to)];
  if (first === undefined || last === undefined || last < first || more !== undefined) return undefined;
  return { first, last };
}

/** In their own order, for that is the order in which addresses are given out. What is no range is left out. */
export function parseRanges(texts: readonly string[]): readonly AddressRange[] {
  return texts.map(parseRange).filter((range) => range !== undefined);
}
