import type { Json } from '#shared/json.ts';
import { isList, isObject, textAt } from './json-path.ts';

/**
 * Where a live object lacks what we wrote: path and values, or `undefined` when all of it is there. What the API or
 * others added (defaults, status, another container) is no difference: server-side apply would not take it away.
 *
 * Only for objects in the API's own canonical form: `0.5` and `500m` are different texts for the same quantity.
 */
export function difference(wanted: Json | undefined, live: Json | undefined, path = ''): string | undefined {
  if (isObject(wanted)) return objectDifference(wanted, live, path);
  if (isList(wanted)) return listDifference(wanted, live, path);
  if (wanted === live || (isEmpty(wanted) && live === undefined)) return undefined;
  return `${path || 'it'} is ${show(live)}, not ${show(wanted)}`;
}

function objectDifference(
  wanted: Readonly<Record<string, Json | undefined>>,
  live: Json | undefined,
  path: string,
): string | undefined {
  const found = isObject(live) ? live : undefined;
  if (!found && !isEmpty(wanted)) return `${path || 'it'} is ${show(live)}`;
  for (const [key, value] of Object.entries(wanted)) {
    const here = difference(value, found?.[key], path === '' ? key : `${path}.${key}`);
    if (here !== undefined) return here;
  }
  return undefined;
}

function listDifference(wanted: readonly Json[], live: Json | undefined, path: string): string | undefined {
  const found = isList(live) ? live : [];
  if (wanted.length > 0 && wanted.every((item) => textAt(item, 'name') !== '')) {
    return wanted
      .map((item) => namedDifference(item, found, `${path}[${textAt(item, 'name')}]`))
      .find((text) => text !== undefined);
  }
  if (found.length !== wanted.length) {
    return `${path} has ${String(found.length)} entries, not ${String(wanted.length)}`;
  }
  return wanted
    .map((item, index) => difference(item, found[index], `${path}[${String(index)}]`))
    .find((text) => text !== undefined);
}

/** A name may be there twice (one volume mounted at two paths): any of them will do. */
function namedDifference(item: Json, live: readonly Json[], path: string): string | undefined {
  const same = live.filter((candidate) => textAt(candidate, 'name') === textAt(item, 'name'));
  const differences = same.map((candidate) => difference(item, candidate, path));
  return differences.includes(undefined) ? undefined : (differences[0] ?? `${path} is missing`);
}

/** The API drops these from what it stores. */
function isEmpty(value: Json | undefined): boolean {
  if (isList(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === false || value === 0 || value === '';
}

function show(value: Json | undefined): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
