import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { parseXml } from '#main/vsphere/client/xml.ts';

/** Somebody else's reader of the same documents, set to give the same shape. */
const other = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  alwaysCreateTextNode: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  jPath: false,
  isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
  transformTagName: (name) => name.slice(name.indexOf(':') + 1),
  processEntities: { enabled: true },
  htmlEntities: true, // numeric ones, too
});

const names = fc.constantFrom('obj', 'val', 'propSet', 'v:val', 'x-1.y', 'ns:Envelope', 'Größe');
const blank = fc.constantFrom('', ' ', '\n');
const text = fc.constantFrom(
  ...['', ' ', 'vm-00042', ' a  b ', '&lt;b&gt;', '&amp;lt;', '&quot;&apos;', '&#38;&#x1F600;'],
  ...['日本 ü', 'a longer name with blanks', '>'],
);
const attributes = fc
  .uniqueArray(fc.constantFrom('type', 'xsi:type', 'id', 'xmlns:q'))
  .chain((all) =>
    fc.tuple(
      ...all.map((name) => fc.tuple(blank, blank, text).map(([a, b, value]) => ` ${a}${name}${b}=${b}"${value}"`)),
    ),
  )
  .map((all) => all.join(''));

/** Documents as no server writes them, but as XML allows them. */
const { document } = fc.letrec<{ element: string; content: string; document: string }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.tuple(names, attributes, blank).map(([name, given, space]) => `<${name}${given}${space}/>`),
    fc
      .tuple(names, attributes, fc.array(tie('content'), { maxLength: 5 }), blank)
      .map(([name, given, content, space]) => `<${name}${given}>${content.join('')}</${name}${space}>`),
  ),
  content: fc.oneof(
    tie('element'),
    text,
    fc.constantFrom('<!-- <obj> -->', '<![CDATA[<obj> & ]]>', '<![CDATA[]]>', '<?pi obj?>'),
  ),
  document: fc
    .tuple(blank, tie('element'), blank)
    .map(([before, element, after]) => `<?xml version="1.0" encoding="UTF-8"?>${before}${element}${after}`),
}));

/** Without what only one of them tells: namespace declarations, and that there is no text or value. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, inner]) => !name.startsWith('@xmlns') && inner !== '');
  return Object.fromEntries(entries.map(([name, inner]) => [name, comparable(inner)]));
}

const rootOf = (document: object | undefined): unknown => {
  const { '#text': _text, ...root } = comparable(document) as Record<string, unknown>;
  return root;
};

describe('XML', () => {
  it('is read as another reader reads it', () => {
    fc.assert(
      fc.property(document, (xml) => {
        expect(rootOf(parseXml(xml))).toEqual(rootOf(other.parse(xml)));
      }),
      { numRuns: 1000 },
    );
  });

  it('is nothing when anything of its end is missing', () => {
    const cut = document.chain((xml) => fc.nat(xml.trimEnd().length - 1).map((end) => xml.slice(0, end)));
    fc.assert(
      fc.property(cut, (xml) => {
        expect(parseXml(xml)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws, whatever is in it', () => {
    const part = fc.constantFrom(...'<>/="\'&;!?[]- a'.split(''), '<a>', '</a>', '<!--', '-->', '<![CDATA[', ']]>');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        parseXml(parts.join(''));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['two roots', '<a/><b/>'],
    ['text before the root', 'x<a/>'],
    ['text behind the root', '<a/>x'],
    ['an end tag of another element', '<a><b></a></b>'],
    ['an end tag that only begins alike', '<a></ab>'],
    ['the same name with another prefix', '<v:a></w:a>'],
    ['an end tag too many', '<a></a></a>'],
    ['an element without a name', '<a>< b/></a>'],
    ['an attribute without quotes', '<a b=c/>'],
    ['an attribute without a value', '<a b/>'],
    ['attributes that touch', '<a b="1"c="2"/>'],
    ['a tag in an attribute', '<a b="<c>"/>'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['a document type inside', '<a><!DOCTYPE a></a>'],
    ['nothing', ''],
    ['only a declaration', '<?xml version="1.0"?>'],
    ['no XML', '{"value":1}'],
  ])('is nothing with %s', (_what, xml) => {
    expect(parseXml(xml)).toBeUndefined();
  });

  it('takes no name for what objects have by themselves', () => {
    const xml = '<a><__proto__>1</__proto__><constructor>2</constructor><toString>3</toString></a>';
    const [a] = (parseXml(xml)?.['a'] ?? []) as readonly Record<string, unknown>[];
    expect(Object.entries(a ?? {})).toEqual([
      ['#text', ''],
      ['__proto__', [expect.objectContaining({ '#text': '1' })]],
      ['constructor', [expect.objectContaining({ '#text': '2' })]],
      ['toString', [expect.objectContaining({ '#text': '3' })]],
    ]);
    expect(a && 'hasOwnProperty' in a).toBe(false);
  });

  it('reads line ends as XML wants them', () => {
    expect(parseXml('<a>1\r\n2\r3&#13;</a>')?.['a']).toEqual([{ '#text': '1\n2\n3\r' }]);
  });

  it('goes as deep as a server goes', () => {
    const depth = 20_000;
    expect(parseXml('<a>'.repeat(depth) + '</a>'.repeat(depth))).toBeDefined();
  });
});
