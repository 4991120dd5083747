import { randomInt } from 'node:crypto';

/** A random number from 0 up to `below`. */
export type Random = (below: number) => number;

/** `SLIPWAY_SEED`, or another one each time: to be printed, so that a failure can be had again. */
export function seedOfThisRun(): number {
  return Number(process.env['SLIPWAY_SEED'] ?? randomInt(2 ** 31));
}

/** The same numbers for the same seed: mulberry32. */
export function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
