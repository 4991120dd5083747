/** A valibot schema as far as we look into it; every kind has a part of these. */
interface SchemaNode {
  readonly type?: unknown;
  readonly entries?: unknown;
  readonly item?: unknown;
  readonly wrapped?: unknown;
  readonly options?: unknown;
  readonly pipe?: unknown;
}

/**
 * The keys that a schema knows at a path, sorted; of a variant those of all its options. Empty where any key is fine.
 * @param path as in a valibot issue: keys and array indices.
 */
export function keysAt(schema: object, path: readonly (string | number)[]): readonly string[] {
  let nodes = unwrapped(schema);
  for (const part of path) nodes = nodes.flatMap((node) => step(node, part)).flatMap(unwrapped);
  return [...new Set(nodes.flatMap((node) => (isObject(node.entries) ? Object.keys(node.entries) : [])))].sort();
}

function unwrapped(schema: object): readonly SchemaNode[] {
  const node: SchemaNode = schema;
  if (isObject(node.wrapped)) return unwrapped(node.wrapped);
  if (node.type === 'variant' && Array.isArray(node.options)) return node.options.filter(isObject).flatMap(unwrapped);
  return [node];
}

function step(node: SchemaNode, part: string | number): readonly object[] {
  if (typeof part === 'number') return isObject(node.item) ? [node.item] : [];
  if (!isObject(node.entries)) return [];
  const entry = new Map<string, unknown>(Object.entries(node.entries)).get(part);
  return isObject(entry) ? [entry] : [];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
