import type { Json } from '#shared/json.ts';

/** The value at a path of a Kubernetes object, `undefined` where the path ends early. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here = value;
  for (const key of path) {
    if (!isObject(here)) return undefined;
    here = here[key];
  }
  return here;
}

export function textAt(value: Json | undefined, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** Kubernetes leaves zero out, so an absent number is 0. */
export function numberAt(value: Json | undefined, ...path: readonly string[]): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : 0;
}

export function listAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = at(value, ...path);
  return isList(found) ? found : [];
}

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !isList(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** `status.conditions[type]`, `undefined` when the controller has not written it yet. */
export function condition(object: Json | undefined, type: string): Json | undefined {
  return listAt(object, 'status', 'conditions').find((candidate) => textAt(candidate, 'type') === type);
}
