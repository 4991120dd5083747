import { describe, expect, it } from 'vitest';
import { compareVersions, operatingSystemOf } from '#main/cluster/nodes/operating-systems.ts';

describe('compareVersions', () => {
  it.each([
    ['26.1.5+dfsg1', '20.10', 1],
    ['v2.1.0', '2', 1],
    ['1.6.20~ds1', '1.6', 1],
    ['20.10', '20.10.0', 0],
    ['1.10', '1.9', 1],
    ['unknown', '0', -1],
  ])('orders %s and %s as numbers', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });
});

describe('operatingSystemOf', () => {
  it.each([
    ['debian', '13', 'Debian 13'],
    ['ubuntu', '24.04', 'Ubuntu 20.04 to 26.04'],
    ['rocky', '9.4', 'rocky 8 to 10'],
    ['ubuntu', '18.04', undefined],
    ['debian', '', undefined],
  ])('knows %s %s as %s', (id, version, label) => {
    expect(operatingSystemOf({ id, idLike: [], version, name: '' })?.label).toBe(label);
  });
});
