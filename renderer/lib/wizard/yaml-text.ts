import { Document, isMap, parse, parseDocument } from 'yaml';

/** This module brings the yaml library with it: import it only when somebody looks at YAML. */

/**
 * A plain value as YAML.
 * @param before the text that the person last saw: its comments and its order stay, and only what differs changes.
 */
export function yamlOf(value: unknown, before?: string): string {
  const plain: unknown = JSON.parse(JSON.stringify(value)); // without what is undefined
  const document = before === undefined ? undefined : parseDocument(before);
  if (!document || document.errors.length > 0 || !isMap(document.contents)) return new Document(plain).toString();
  change(document, [], document.toJS(), plain);
  return document.toString();
}

/** @throws where it is no YAML */
export function valueOfYaml(text: string): unknown {
  return parse(text);
}

type Branch = Readonly<Record<string, unknown>>;

function change(
  document: Pick<Document, 'setIn' | 'deleteIn' | 'createNode'>,
  path: readonly string[],
  was: unknown,
  is: unknown,
): void {
  if (!isBranch(was) || !isBranch(is) || !alike(was, is)) {
    if (JSON.stringify(was) !== JSON.stringify(is)) document.setIn(path, document.createNode(is));
    return;
  }
  for (const key of Object.keys(was)) if (!Object.hasOwn(is, key)) document.deleteIn([...path, key]);
  for (const [key, value] of Object.entries(is)) change(document, [...path, key], was[key], value);
}

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null;
}

/** Two mappings, or two lists of one length. */
function alike(was: Branch, is: Branch): boolean {
  return Array.isArray(was) ? Array.isArray(is) && was.length === is.length : !Array.isArray(is);
}
