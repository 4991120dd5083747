import type { Ref } from './reference.ts';

/**
 * A value that goes to vCenter. Elements are written in the order of the object's keys, and that must be the order of the
 * WSDL (a base type's own before what the extension adds): vCenter refuses any other. `undefined` writes nothing.
 */
export type VimInput = string | number | boolean | Ref | VimStruct | TypedInput | readonly VimInput[] | undefined;

export interface VimStruct {
  readonly [element: string]: VimInput;
}

/** A value whose type the WSDL leaves open (a device, a backing, an option's value), with the type it really has. */
export interface TypedInput {
  readonly xsiType: string;
  readonly value: string | number | boolean | VimStruct;
}

/** @param xsiType A type of vim25 (`VirtualVmxnet3`), or of XML Schema (`xsd:string`) for a plain value. */
export function typed(xsiType: string, value: TypedInput['value']): TypedInput {
  return { xsiType, value };
}

/** A SOAP 1.1 envelope with one call. */
export function callEnvelope(method: string, target: Ref, args: VimStruct): string {
  const body = [element('_this', target), ...fields(args)].join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<soapenv:Body><${method} xmlns="urn:vim25">${body}</${method}></soapenv:Body></soapenv:Envelope>`
  );
}

function fields(struct: VimStruct): string[] {
  return Object.entries(struct).map(([name, value]) => element(name, value));
}

function element(name: string, value: VimInput, xsiType?: string): string {
  if (value === undefined) return '';
  if (isList(value)) return value.map((item) => element(name, item)).join('');
  if (isTyped(value)) return element(name, value.value, value.xsiType);
  const start = xsiType === undefined ? name : `${name} xsi:type="${escapeXml(xsiType)}"`;
  if (typeof value !== 'object') return `<${start}>${escapeXml(String(value))}</${name}>`;
  if (isRef(value)) return `<${start} type="${escapeXml(value.type)}">${escapeXml(value.id)}</${name}>`;
  return `<${start}>${fields(value).join('')}</${name}>`;
}

function isList(value: VimInput): value is readonly VimInput[] {
  return Array.isArray(value);
}

function isTyped(value: VimInput): value is TypedInput {
  return typeof value === 'object' && 'xsiType' in value;
}

/** No structure of vim25 has both `type` and `id` as its only elements, so the two cannot be taken for each other. */
function isRef(value: Ref | VimStruct | TypedInput): value is Ref {
  return 'type' in value && 'id' in value && Object.keys(value).length === 2;
}

/** XML 1.0 has no way to write the other control characters; a name or a password with one is not sent at all. */

const notInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Left as they are, a parser would turn them into a line feed or a space.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** @throws RangeError (without the text, which may be a password) when it has characters that XML cannot hold. */
export function escapeXml(text: string): string {
  if (notInXml.test(text) || !text.isWellFormed()) throw new RangeError('A value has characters that XML cannot hold.');
  return text.replace(/[&<>"\r\n\t]/g, (character) => escapes[character] ?? character);
}
