import { describe, expect, it } from 'vitest';
import { bad, line, paint, table } from '#main/apps/cli/render/line.ts';
import { bytes, duration } from '#main/apps/cli/render/quantity.ts';

describe('paint', () => {
  it('colours without counting the colours as width', () => {
    expect(paint(line('ab', bad('cdef')), { width: 5, color: true })).toBe('ab\u001b[31mcd\u001b[0m…');
  });

  it('writes no escape sequence where colour is off', () => {
    expect(paint(line('ab', bad('cd')), { width: 80, color: false })).toBe('abcd');
  });
});

describe('quantities', () => {
  it.each([
    [340, '0.3 s'],
    [9960, '10 s'],
    [59_700, '1:00'],
    [3_723_000, '1:02:03'],
  ])('%i ms reads %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [139_999_999, '140 MB'],
    [999_999_999, '1.0 GB'],
  ])('%i bytes read %s', (count, text) => {
    expect(bytes(count)).toBe(text);
  });

  it('line up in a table', () => {
    expect(
      table([
        ['a', 'bb'],
        ['ccc', ''],
      ]),
    ).toEqual(['a    bb', 'ccc']);
  });
});
