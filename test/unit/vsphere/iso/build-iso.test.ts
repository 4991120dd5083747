import { describe, expect, it } from 'vitest';
import { buildIso } from '#main/vsphere/iso/build-iso.ts';
import { levelOneNames } from '#main/vsphere/iso/names.ts';
import { sha256Hex } from '#main/cluster/sha256.ts';

const options = { volumeLabel: 'cidata', at: Date.UTC(2026, 0, 2, 3, 4, 5) };

describe('buildIso', () => {
  it('gives equal bytes for equal input', () => {
    const files = [{ name: 'user-data', content: 'a' }];
    expect(sha256Hex(buildIso(files, options))).toBe(sha256Hex(buildIso(files, options)));
  });

  it('is whole sectors', () => {
    expect(buildIso([{ name: 'user-data', content: 'a'.repeat(2049) }], options).length % 2048).toBe(0);
  });

  it.each([
    { why: 'a name twice', names: ['a', 'a'], label: 'cidata' },
    { why: 'a path', names: ['a/b'], label: 'cidata' },
    { why: 'a name beyond ASCII', names: ['ä'], label: 'cidata' },
    { why: 'a label that is too long', names: ['a'], label: 'seventeen letters' },
  ])('refuses $why', ({ names, label }) => {
    const files = names.map((name) => ({ name, content: '' }));
    expect(() => buildIso(files, { ...options, volumeLabel: label })).toThrow(/cannot be/);
  });
});

describe('levelOneNames', () => {
  it('cuts names to 8 + 3 and keeps them different', () => {
    const names = ['user-data', 'network-config', 'network-confog', 'network-1.text', 'network-2.text', '.hidden'];
    expect(levelOneNames(names)).toEqual([
      'USER_DAT.;1',
      'NETWORK_.;1',
      'NETWORK1.;1',
      'NETWORK_.TEX;1',
      'NETWORK1.TEX;1',
      '_HIDDEN.;1',
    ]);
  });
});
