import { describe, expect, it } from 'vitest';
import { SharedSync } from '#main/store/database/shared-sync.ts';

/** Syncs that end when they are told to; `lasting` counts what had been written when each of them began. */
function syncs() {
  const begun: { readonly lasting: number; readonly end: (error?: Error) => void }[] = [];
  let written = 0;
  const began: PromiseWithResolvers<void>[] = [Promise.withResolvers()];
  const shared = new SharedSync(() => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    begun.push({ lasting: written, end: (error) => (error ? reject(error) : resolve()) });
    began.at(-1)?.resolve();
    began.push(Promise.withResolvers());
    return promise;
  });
  return {
    begun,
    /** Resolves with what had been written when its sync began. */
    write: (): Promise<void> => {
      written += 1;
      return shared.done();
    },
    /** Ends the n-th one, from 1, as soon as it has begun. */
    end: async (nth: number, error?: Error): Promise<void> => {
      await began[nth - 1]?.promise;
      begun[nth - 1]?.end(error);
    },
    nextBegins: (nth: number): Promise<void> => began[nth - 1]?.promise ?? Promise.reject(new Error('too early')),
  };
}

describe('a shared sync', () => {
  it('is one for all who write in the same turn, as answers that came at the same time do', async () => {
    const { begun, write, end } = syncs();
    const answered = () => new Promise((resolve) => setImmediate(resolve)).then(write);
    const waiting = Promise.all([answered(), answered(), answered()]);
    await end(1);
    await waiting;
    expect(begun.map(({ lasting }) => lasting)).toEqual([3]);
  });

  it('is another one for those who write while it is under way, and one for all of them', async () => {
    const { begun, write, end, nextBegins } = syncs();
    const first = write();
    await nextBegins(1);
    const late = Promise.all([write(), write()]);
    await end(1);
    await first;
    await end(2);
    await late;
    expect(begun.map(({ lasting }) => lasting)).toEqual([1, 3]);
  });

  it('is never begun while another one is under way', async () => {
    const { begun, write, end, nextBegins } = syncs();
    const first = write();
    await nextBegins(1);
    const second = write();
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toHaveLength(1);
    await end(1);
    await first;
    await end(2);
    await second;
  });

  it('fails for all who share it, and for nobody after them', async () => {
    const { write, end } = syncs();
    const failing = Promise.allSettled([write(), write()]);
    await end(1, new Error('the disk is gone'));
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = write();
    await end(2);
    await expect(next).resolves.toBeUndefined();
  });
});
