/** An input of the contract is a handful of fields; its one large thing, a document, is one text. */
const deepest = 16;
const mostValues = 10_000;
const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * What is wrong with a value before any schema sees it: a key that means something else in JavaScript, too deep, too
 * much, or no plain data at all (a message port carries maps and circles, too). Walks without recursion.
 */
export function plainInputProblem(value: unknown): string | undefined {
  let level: readonly unknown[] = [value];
  let seen = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return `is nested deeper than ${deepest}`;
    const next: unknown[] = [];
    for (const one of level) {
      seen += 1;
      if (seen + next.length > mostValues) return `has more than ${mostValues} values`;
      if (typeof one === 'function' || typeof one === 'symbol' || typeof one === 'bigint')
        return `holds a ${typeof one}`;
      if (typeof one !== 'object' || one === null) continue;
      if (Array.isArray(one)) {
        if (one.length > mostValues) return `has more than ${mostValues} values`;
        for (const item of one) next.push(item);
        continue;
      }
      const prototype: unknown = Object.getPrototypeOf(one);
      if (prototype !== null && prototype !== Object.prototype) return 'holds something that is no plain data';
      for (const [key, item] of Object.entries(one)) {
        if (forbidden.has(key)) return `has the key "${key}"`;
        next.push(item);
      }
    }
    level = next;
  }
  return undefined;
}
