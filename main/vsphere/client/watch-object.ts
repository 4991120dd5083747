import type { Vcenter } from './vcenter.ts';
import type { Values, Watch } from './watch.ts';

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
