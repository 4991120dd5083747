import { refOf, textOf, xsiTypeOf, type XmlElement } from './answer.ts';
import { typed, type VimInput, type VimStruct } from './envelope.ts';

/**
 * What vCenter answered, as input: to change one thing of a device and leave the rest as it is. Its elements came in the
 * order of the WSDL, and so they go.
 */
export function echo(element: XmlElement): VimStruct {
  const fields: Record<string, VimInput> = {};
  for (const [name, value] of Object.entries(element)) {
    if (typeof value !== 'string') fields[name] = value.map(echoValue);
  }
  return fields;
}

function echoValue(element: XmlElement): VimInput {
  const ref = refOf(element);
  if (ref) return ref;
  const type = xsiTypeOf(element);
  const isStruct = type !== undefined || Object.values(element).some((value) => typeof value !== 'string');
  if (!isStruct) return textOf(element) ?? '';
  return type === undefined ? echo(element) : typed(type, echo(element));
}
