/** Keys that a value can do without. */
type OptionalKey<T> = { [K in keyof T]-?: Partial<Pick<T, K>> extends Pick<T, K> ? K : never }[keyof T];

/** The same with another value there; without the key where there is none, so that no YAML says what nobody chose. */
export function withOptional<T extends object, K extends OptionalKey<T>>(
  object: T,
  key: K,
  value: T[K] | undefined,
): T {
  const changed = { ...object };
  if (value === undefined) Reflect.deleteProperty(changed, key);
  else changed[key] = value;
  return changed;
}

/** What a text field says of a value that may be missing. */
export function textOrNone(text: string): string | undefined {
  return text.trim() === '' ? undefined : text.trim();
}

/** Likewise of a list. */
export function listOrNone<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Likewise of names with values. */
export function pairsOrNone<V>(pairs: Record<string, V>): Record<string, V> | undefined {
  return Object.keys(pairs).length === 0 ? undefined : pairs;
}
