import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openWith, sealWith } from '#main/secrets/sealed.ts';

const key = randomBytes(32);
const tampered = expect.objectContaining({ code: 'secrets.tampered' });

describe('a sealed value', () => {
  it('opens to what was sealed, whatever that was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plaintext, context) => {
        expect(openWith(key, sealWith(key, plaintext, context), context)).toBe(plaintext);
      }),
    );
  });

  it('is another one each time', () => {
    expect(sealWith(key, 'a', 'c')).not.toBe(sealWith(key, 'a', 'c'));
  });

  it('does not open in another context or with another key', () => {
    const sealed = sealWith(key, 'hunter2', 'certificate:c-abcde:kube-ca');
    expect(() => openWith(key, sealed, 'certificate:c-abcde:kube-apiserver')).toThrow(tampered);
    expect(() => openWith(randomBytes(32), sealed, 'certificate:c-abcde:kube-ca')).toThrow(tampered);
  });

  it('does not open when any bit of it was changed', () => {
    const bytes = Buffer.from(sealWith(key, 'hunter2', 'c').slice(3), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => openWith(key, `s1.${changed.toString('base64url')}`, 'c')).toThrow(tampered);
    }
  });

  it.each(['', 's1.', 's1.AAAA', 's2.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'plain text'])(
    'is not %j, which does not open',
    (text) => {
      expect(() => openWith(key, text, 'c')).toThrow(tampered);
    },
  );

  it('cut short does not open, not even with a shorter tag', () => {
    const bytes = Buffer.from(sealWith(key, 'hunter2', 'c').slice(3), 'base64url');
    for (let length = 0; length < bytes.length; length++) {
      expect(() => openWith(key, `s1.${bytes.toString('base64url', 0, length)}`, 'c')).toThrow(tampered);
    }
  });
});
