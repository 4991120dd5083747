// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { pairsOfText, textOfPairs } from '#renderer/lib/wizard/pairs-text.ts';
import { taintsOfText, textOfTaints } from '#renderer/lib/wizard/taints-text.ts';
import { withOptional } from '#renderer/lib/wizard/with-optional.ts';

describe('names with values, one per line', () => {
  it('are read as a person writes them', () => {
    expect(pairsOfText('disk.EnableUUID = TRUE\n\n url=http://a/?b=c \nempty=')).toEqual({
      'disk.EnableUUID': 'TRUE',
      url: 'http://a/?b=c',
      empty: '',
    });
  });

  it.each([
    { pairs: { 'disk.EnableUUID': 'TRUE' }, text: 'disk.EnableUUID=TRUE', why: 'as they are' },
    { pairs: { script: 'a\nb' }, text: 'script="a\\nb"', why: 'with a line break in the value' },
    { pairs: { pad: ' x ' }, text: 'pad=" x "', why: 'with blanks that count' },
    { pairs: { said: '"yes"' }, text: 'said="\\"yes\\""', why: 'with quotes of its own' },
    { pairs: { 'a=b': 'c' }, text: '"a=b"=c', why: 'with = in the name' },
  ])('come back unchanged $why', ({ pairs, text }) => {
    expect([textOfPairs(pairs), pairsOfText(text)]).toEqual([text, pairs]);
  });

  it.each(['no value', '=no name'])('are none where a line says %s', (text) => {
    expect(pairsOfText(`a=b\n${text}`)).toBeUndefined();
  });
});

describe('taints, one per line', () => {
  it('are written as kubectl writes them', () => {
    const text = 'gpu=yes:NoSchedule\ndedicated:NoExecute';
    const taints = [
      { key: 'gpu', value: 'yes', effect: 'NoSchedule' },
      { key: 'dedicated', effect: 'NoExecute' },
    ] as const;
    expect([taintsOfText(text), textOfTaints(taints)]).toEqual([taints, text]);
  });

  it('are none where the effect is no effect', () => {
    expect(taintsOfText('gpu=yes:Never')).toBeUndefined();
  });
});

describe('a value that may be missing', () => {
  it('leaves no key behind', () => {
    const machine: { name: string; port?: number } = { name: 'a', port: 22 };
    expect([withOptional(machine, 'port', undefined), withOptional(machine, 'port', 2222)]).toEqual([
      { name: 'a' },
      { name: 'a', port: 2222 },
    ]);
  });
});
