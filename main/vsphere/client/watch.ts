import { refKey } from './reference.ts';
import type { Ref } from './reference.ts';
import type { XmlElement } from './answer.ts';
import type { Vcenter } from './vcenter.ts';

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

/**
 * Waits until `see` finds what it wants in an object's properties. It is called with all of them at first and after each
 * change, and sometimes although nothing has changed. Costs 1 call at most; the one that waits for news is shared by all
 * who wait.
 * @throws `vsphere.not_found` when the object is not there (any more); what calls throw; the signal's reason.
 */
export async function watchObject<T>(
  vcenter: Vcenter,
  watch: Watch,
  see: (values: Values) => T | undefined,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const tell = (values: Values): void => {
    try {
      const wanted = see(values);
      if (wanted !== undefined) resolve(wanted);
    } catch (error) {
      reject(error);
    }
  };
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const leave = vcenter.watches.join({ ...watch, tell, fail: reject });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
    leave();
  }
}
