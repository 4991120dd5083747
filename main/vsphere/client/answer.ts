import { Parser } from 'htmlparser2';
import type { Ref } from './reference.ts';

/**
 * An element of an answer. vim25 is read by what is asked for, not by a schema: the functions below say what an element
 * is taken for, and give `undefined` when it is not there.
 */
export interface XmlElement {
  readonly [nameOrAttribute: string]: readonly XmlElement[] | string;
}

const attribute = '@';
const textKey = '#text';

/** As it is being read. */
interface Growing {
  [nameOrAttribute: string]: Growing[] | string;
}

/** An element whose children are the document's topmost. @throws when a name is none of vim25. */
function read(xml: string): XmlElement {
  const document: Growing = { [textKey]: '' };
  const above: Growing[] = [];
  let element = document;
  const parser = new Parser(
    {
      onopentagname(tag) {
        // Prefixes are the server's choice: vCenter and the simulator differ.
        const name = tag.slice(tag.indexOf(':') + 1);
        if (name === '__proto__') throw new Error(`an element is called ${name}`);
        const opened: Growing = { [textKey]: '' };
        const same = Object.hasOwn(element, name) ? element[name] : undefined;
        // One child or many: always a list.
        if (Array.isArray(same)) same.push(opened);
        else element[name] = [opened];
        above.push(element);
        element = opened;
      },
      onattribute(name, value) {
        element[attribute + name] = value;
      },
      ontext(text) {
        const before = element[textKey];
        element[textKey] = typeof before === 'string' ? before + text : text;
      },
      onclosetag() {
        element = above.pop() ?? document;
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return document;
}

/** The only element in the envelope's body. `undefined` when this is no SOAP envelope. */
export function parseEnvelope(xml: string): { readonly name: string; readonly element: XmlElement } | undefined {
  // The parser closes what is left open, and half a list must never pass for a whole one.
  if (xml.includes('<!DOCTYPE') || !xml.trimEnd().endsWith('Envelope>')) return undefined;
  let root: XmlElement;
  try {
    root = read(xml);
  } catch {
    // The caller says that the server did not answer in SOAP; why the parser stumbled helps nobody.
    return undefined;
  }
  const envelope = child(root, 'Envelope');
  const body = envelope && child(envelope, 'Body');
  if (!body) return undefined;
  for (const [name, value] of Object.entries(body)) {
    const element = typeof value === 'string' ? undefined : value[0];
    if (element) return { name, element };
  }
  return undefined;
}

export function children(element: XmlElement, name: string): readonly XmlElement[] {
  const found = Object.hasOwn(element, name) ? element[name] : undefined;
  return found === undefined || typeof found === 'string' ? [] : found;
}

/** The first child of that name, by a path of names. */
export function child(element: XmlElement, ...path: readonly string[]): XmlElement | undefined {
  let at: XmlElement | undefined = element;
  for (const name of path) at = at && children(at, name)[0];
  return at;
}

/** What a list holds, whatever its type calls its items (`ArrayOfString` has `string`). */
export function items(element: XmlElement): readonly XmlElement[] {
  return Object.entries(element).flatMap(([, value]) => (typeof value === 'string' ? [] : value));
}

export function textOf(element: XmlElement | undefined): string | undefined {
  const text = element?.[textKey];
  return typeof text === 'string' ? text : undefined;
}

export function textAt(element: XmlElement, ...path: readonly string[]): string | undefined {
  return textOf(child(element, ...path));
}

/** Bytes and counters fit: they stay far below 2^53. */
export function numberOf(element: XmlElement | undefined): number | undefined {
  const text = textOf(element);
  const value = text === undefined || text === '' ? NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

/** `xsd:boolean` also writes 1 and 0. */
export function booleanOf(element: XmlElement | undefined): boolean | undefined {
  const text = textOf(element);
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

export function refOf(element: XmlElement | undefined): Ref | undefined {
  const type = element?.[`${attribute}type`];
  const id = textOf(element);
  return typeof type === 'string' && id !== undefined ? { type, id } : undefined;
}

export function refsOf(element: XmlElement | undefined): readonly Ref[] {
  return element ? items(element).flatMap((item) => refOf(item) ?? []) : [];
}

/**
 * The real type of a value whose declared type is a base type, without a prefix. Its attribute is the only one of vim25
 * that has a prefix and the name `type`; the one without a prefix belongs to references.
 */
export function xsiTypeOf(element: XmlElement): string | undefined {
  for (const [name, value] of Object.entries(element)) {
    if (name.startsWith(attribute) && name.endsWith(':type') && typeof value === 'string') {
      return value.slice(value.indexOf(':') + 1);
    }
  }
  return undefined;
}
