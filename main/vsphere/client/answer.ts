import type { Ref } from './reference.ts';
import { attribute, parseXml, textKey, type XmlElement } from './xml.ts';

export type { XmlElement };

/** The only element in the envelope's body. `undefined` when this is no SOAP envelope. */
export function parseEnvelope(xml: string): { readonly name: string; readonly element: XmlElement } | undefined {
  const document = parseXml(xml);
  const body = document && child(document, 'Envelope', 'Body');
  if (!body) return undefined;
  for (const [name, value] of Object.entries(body)) {
    const element = typeof value === 'string' ? undefined : value[0];
    if (element) return { name, element };
  }
  return undefined;
}

/** vim25 is read by what is asked for, not by a schema: what is not there is `undefined`, or an empty list. */
export function children(element: XmlElement, name: string): readonly XmlElement[] {
  const found = element[name];
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
