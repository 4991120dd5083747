import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { nameFromAddress, plainName } from '#renderer/lib/format/names.ts';
import { thumbprintGroups } from '#renderer/lib/format/thumbprint.ts';
import { dnsLabel } from '#shared/spec/parts.ts';

describe('a name from an address', () => {
  it.each([
    ['vcenter.example.com', 'vcenter'],
    ['https://vCenter-01.example.com:8443/ui', 'vcenter-01'],
    [' vc_lab ', 'vc-lab'],
    ['192.0.2.10:443', '192-0-2-10'],
    ['[2001:db8::1]:443', '2001-db8-1'],
    ['…', ''],
  ])('is of %j %j', (address, name) => {
    expect(nameFromAddress(address)).toBe(name);
  });

  it('is one that the inventory takes, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        for (const name of [nameFromAddress(text), plainName(text)]) {
          expect(name === '' || v.is(dnsLabel, name)).toBe(true);
        }
      }),
    );
  });
});

describe('a thumbprint', () => {
  it('is read in eight groups, and nothing of it is lost', () => {
    const thumbprint = Array.from({ length: 32 }, (_, at) => at.toString(16).padStart(2, '0')).join(':');
    const groups = thumbprintGroups(thumbprint);
    expect(groups).toHaveLength(8);
    expect(groups.join(':')).toBe(thumbprint);
  });

  it('that is none stays as it is', () => {
    expect(thumbprintGroups('AB:CD')).toEqual(['AB:CD']);
  });
});
