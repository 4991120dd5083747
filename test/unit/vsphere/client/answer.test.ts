import { describe, expect, it } from 'vitest';
import {
  booleanOf,
  child,
  children,
  numberOf,
  parseEnvelope,
  refOf,
  textAt,
  xsiTypeOf,
} from '#main/vsphere/client/answer.ts';

const around = (body: string, prefix = 'soapenv'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${prefix}:Envelope xmlns:${prefix}="http://schemas.xmlsoap.org/soap/envelope/">\n<${prefix}:Body>\n${body}\n</${prefix}:Body>\n</${prefix}:Envelope>`;

const parsed = (body: string, prefix?: string) => {
  const found = parseEnvelope(around(body, prefix));
  if (!found) throw new Error('This is no envelope.');
  return found;
};

describe('an answer', () => {
  it('is read whatever prefixes the server uses', () => {
    // vCenter, and the simulator.
    const vcenter = parsed('<R xmlns="urn:vim25"><v xsi:type="ManagedObjectReference" type="Folder">g-1</v></R>');
    const simulator = parsed('<R xmlns="urn:vim25"><v _X:type="ManagedObjectReference" type="Folder">g-1</v></R>', 'S');
    for (const { name, element } of [vcenter, simulator]) {
      const value = child(element, 'v');
      expect([name, refOf(value), value && xsiTypeOf(value)]).toEqual([
        'R',
        { type: 'Folder', id: 'g-1' },
        'ManagedObjectReference',
      ]);
    }
  });

  it('keeps the characters of a name, blanks and entities included', () => {
    const { element } = parsed('<R><n> a &lt;&#38;&#x1F600;&quot;&apos;&gt; b&#xA;</n><n></n></R>');
    expect(children(element, 'n').map((name) => textAt({ name: [name] }, 'name'))).toEqual([` a <&😀"'> b\n`, '']);
  });

  it('decodes once: what was escaped twice stays escaped once', () => {
    expect(textAt(parsed('<R><n>&amp;lt;&amp;#60;</n></R>').element, 'n')).toBe('&lt;&#60;');
  });

  it('gives no number and no truth for what is none', () => {
    const { element } = parsed('<R><a></a><b>x</b><c>1099511627776</c><d>1</d><e>false</e></R>');
    expect([numberOf(child(element, 'a')), numberOf(child(element, 'b')), numberOf(child(element, 'c'))]).toEqual([
      undefined,
      undefined,
      1_099_511_627_776,
    ]);
    expect([booleanOf(child(element, 'b')), booleanOf(child(element, 'd')), booleanOf(child(element, 'e'))]).toEqual([
      undefined,
      true,
      false,
    ]);
  });

  it.each([
    ['a page', '<!doctype html><html><body>Sign in</body></html>'],
    ['nothing', ''],
    ['JSON', '{"value":1}'],
    ['cut off in the middle of a list', around('<R><v>1</v><v>2</v></R>').split('<v>2')[0] ?? ''],
    ['a document type of its own', `<!DOCTYPE x [<!ENTITY a "aaaa">]>${around('<R><v>&a;</v></R>')}`],
  ])('that is %s is none', (_what, text) => {
    expect(parseEnvelope(text)).toBeUndefined();
  });
});
