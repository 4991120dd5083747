import type { KubeObject, ObjectRef } from '#main/cluster/ports.ts';
import type { Json } from '#shared/json.ts';

export type JsonObject = { readonly [key: string]: Json | undefined };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  let here: unknown = value;
  for (const key of path) here = isJsonObject(here) ? here[key] : undefined;
  return isJsonObject(here) ? here : {};
}

/** '' for what is no text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function listAt(value: unknown, ...path: readonly string[]): readonly Json[] {
  const last = path.at(-1);
  const found = last === undefined ? undefined : objectAt(value, ...path.slice(0, -1))[last];
  return Array.isArray(found) ? found : [];
}

export function keyOf({ apiVersion, kind, name, namespace }: ObjectRef): string {
  return [apiVersion, kind, namespace ?? '', name].join(' ');
}

export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  const ref = { apiVersion: object.apiVersion, kind: object.kind, name };
  return namespace === undefined ? ref : { ...ref, namespace };
}

/** Server-side apply as far as tests need it: objects are merged, everything else is replaced. */
export function merged(live: Json | undefined, applied: Json | undefined): Json | undefined {
  if (!isJsonObject(live) || !isJsonObject(applied)) return applied ?? live;
  const keys = new Set([...Object.keys(live), ...Object.keys(applied)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(live[key], applied[key])]));
}

/** As the API stores it: `stringData` of a Secret becomes `data`. */
export function stored(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object;
  if (object.kind !== 'Secret' || !isJsonObject(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(textOf(text)).toString('base64')]);
  return { ...rest, data: { ...objectAt(object, 'data'), ...Object.fromEntries(encoded) } };
}

export function hasLabels(object: KubeObject, selector: string | undefined): boolean {
  if (selector === undefined || selector === '') return true;
  return selector.split(',').every((part) => {
    const match = /^([^=!\s]+)={1,2}([^=!\s]*)$/.exec(part);
    if (!match) throw new Error(`The fake world does not model the label selector ${part}`);
    return object.metadata.labels?.[match[1] ?? ''] === match[2];
  });
}
