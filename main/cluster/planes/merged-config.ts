/**
 * The person's own settings over ours: mappings are merged, lists and plain values replaced, `null` takes one of ours
 * away.
 */
export function mergedConfig(ours: unknown, theirs: unknown): unknown {
  if (!isMapping(ours) || !isMapping(theirs)) return theirs;
  const merged = new Map(Object.entries(ours));
  for (const [key, value] of Object.entries(theirs)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergedConfig(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
