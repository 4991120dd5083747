import * as v from 'valibot';

/** What an operation does outside of itself: `mutate` changes the inventory, machines or files. */
export type Effect = 'read' | 'mutate';

type Schema = v.GenericSchema;

/** One question, one answer. */
export interface RequestOperation<I extends Schema = Schema, O extends Schema = Schema> {
  readonly kind: 'request';
  readonly effect: Effect;
  /** Strict: an unknown key is refused. */
  readonly input: I;
  readonly output: O;
  /** The codes of its own; every operation can also answer `rpc.*`, `store.*` and `internal.unexpected`. */
  readonly errors: readonly string[];
}

/** One question, answers until its end. It only ever reads. */
export interface StreamOperation<P extends Schema = Schema, F extends Schema = Schema> {
  readonly kind: 'stream';
  readonly effect: 'read';
  readonly params: P;
  readonly frame: F;
  readonly errors: readonly string[];
}

export type Operation = RequestOperation | StreamOperation;

export function request<const I extends Schema, const O extends Schema>(
  operation: Omit<RequestOperation<I, O>, 'kind' | 'errors'> & { readonly errors?: readonly string[] },
): RequestOperation<I, O> {
  return { kind: 'request', errors: [], ...operation };
}

export function stream<const P extends Schema, const F extends Schema>(
  operation: Omit<StreamOperation<P, F>, 'kind' | 'effect' | 'errors'> & { readonly errors?: readonly string[] },
): StreamOperation<P, F> {
  return { kind: 'stream', effect: 'read', errors: [], ...operation };
}

/**
 * For large values that only we make (a run's view, its events, a spec): the type is checked where it is made, and at
 * run time only that it is JSON. Keys whose value is `undefined` are left out on the way, as JSON does.
 */
export function plain<T>(): v.GenericSchema<T> {
  return v.custom<T>(isJson, 'must be JSON');
}

/** Walks without recursion: how deep a value goes is up to whoever sent it. */
function isJson(value: unknown): boolean {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (next === null || next === undefined || typeof next === 'string' || typeof next === 'boolean') continue;
    if (typeof next === 'number') {
      if (!Number.isFinite(next)) return false;
      continue;
    }
    if (typeof next !== 'object') return false;
    if (Array.isArray(next)) waiting.push(...parts(next));
    else if (isPlainObject(next)) waiting.push(...parts(Object.values(next)));
    else return false;
  }
  return true;
}

/** `push(...all)` has as many arguments as there are values, and an engine's stack takes about 100 000. */
const mostAtOnce = 10_000;

function parts(values: readonly unknown[]): readonly unknown[] {
  if (values.length <= mostAtOnce) return values;
  const found: unknown[] = [];
  for (let from = 0; from < values.length; from += mostAtOnce) found.push(values.slice(from, from + mostAtOnce));
  return found;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
