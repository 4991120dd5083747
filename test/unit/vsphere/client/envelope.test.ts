import { describe, expect, it } from 'vitest';
import { callEnvelope, escapeXml, typed } from '#main/vsphere/client/envelope.ts';
import { ref } from '#main/vsphere/client/reference.ts';

function body(args: Parameters<typeof callEnvelope>[2]): string {
  const whole = callEnvelope('Do', ref('VirtualMachine', 'vm-1'), args);
  return /<Do xmlns="urn:vim25"><_this type="VirtualMachine">vm-1<\/_this>(.*)<\/Do>/.exec(whole)?.[1] ?? whole;
}

describe('a call', () => {
  it('has its elements in the order they were given, and nothing for what is undefined', () => {
    expect(body({ b: 1, a: true, c: undefined, d: { y: 'x', x: undefined } })).toBe(
      '<b>1</b><a>true</a><d><y>x</y></d>',
    );
  });

  it('repeats an element for each item of a list', () => {
    expect(body({ entity: [ref('Folder', 'group-v1'), ref('Datastore', 'ds-1')], none: [] })).toBe(
      '<entity type="Folder">group-v1</entity><entity type="Datastore">ds-1</entity>',
    );
  });

  it('says the type of a value where the WSDL leaves it open', () => {
    expect(body({ option: typed('OptionValue', { key: 'k', value: typed('xsd:string', 'v') }) })).toBe(
      '<option xsi:type="OptionValue"><key>k</key><value xsi:type="xsd:string">v</value></option>',
    );
  });

  it('escapes what XML would read as its own, and white space that it would change', () => {
    expect(body({ name: `<&>"'\r\n\t]]>` })).toBe(`<name>&lt;&amp;&gt;&quot;'&#13;&#10;&#9;]]&gt;</name>`);
  });

  it.each(['\u0000', '\u001b', '\ufffe', '\ud800'])('is not made from characters that XML cannot hold', (character) => {
    expect(() => escapeXml(`secret${character}`)).toThrow(/^A value has characters that XML cannot hold.$/);
  });
});
