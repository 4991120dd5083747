import { describe, expect, it } from 'vitest';
import { clockSkew } from '#main/vsphere/preflight/clock-skew.ts';

describe('clockSkew', () => {
  it.each([
    [30_000, []],
    [-30_000, []],
    [31_000, ['warning: its clock is 31 s ahead of the clock of this computer.']],
    [-300_000, ['warning: its clock is 5 min behind the clock of this computer.']],
    [-301_000, ['error: its clock is 5 min behind the clock of this computer.']],
    [3_600_000, ['error: its clock is 60 min ahead of the clock of this computer.']],
  ])('at %i ms finds %j', (skewMs, expected) => {
    const found = clockSkew(skewMs, 'vc.example.com');
    expect(found.map(({ severity, problem }) => `${severity}: ${problem}`)).toEqual(expected);
  });
});
