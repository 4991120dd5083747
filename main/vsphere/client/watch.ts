import { refKey } from './reference.ts';
import type { Ref } from './reference.ts';
import type { XmlElement } from './answer.ts';

export interface Watch {
  /** What it is for, as a person says it: "follow a task". */
  readonly what: string;
  readonly object: Ref;
  /** Watches with the same paths share a list in vCenter, so they should not differ without need. */
  readonly paths: readonly string[];
}

/** By path. A property that is unset is not in it. */
export type Values = ReadonlyMap<string, XmlElement>;

/** One who waits for news of an object. */
export interface Watcher extends Watch {
  readonly tell: (values: Values) => void;
  readonly fail: (error: unknown) => void;
}

/** Watches of the same kind can be in one list. */
export function kindOf({ object, paths }: Watch): string {
  return `${object.type} ${paths.join()}`;
}

export function objectKey({ object }: Watch): string {
  return refKey(object);
}
