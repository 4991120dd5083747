import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { KeptSessions } from '#main/api/clusters/kept-sessions.ts';
import { manualClock } from '#test/fakes/clock.ts';

const idleMs = 90_000;

/** Numbered as they are opened. */
function keeping() {
  const clock = manualClock();
  const kept = new KeptSessions<AsyncDisposable & { readonly number: number }>(clock, idleMs);
  onTestFinished(() => kept[Symbol.asyncDispose]());
  const closed: number[] = [];
  let opened = 0;
  const open = () => {
    const number = (opened += 1);
    return { number, [Symbol.asyncDispose]: async () => void closed.push(number) };
  };
  const use = <T>(work: (number: number) => Promise<T>, fingerprint = 'a'): Promise<T> =>
    kept.use({ key: 'c-1', fingerprint }, open, ({ number }) => work(number), isSpent);
  const number = (fingerprint?: string): Promise<number> => use(async (one) => one, fingerprint);
  return { clock, kept, closed, use, number };
}

const isSpent = (thrown: unknown): boolean => thrown instanceof Error && thrown.message === 'spent';

async function fail(message: string): Promise<never> {
  throw new Error(message);
}

describe('a session that is kept', () => {
  it('serves one use after the other, and all that come while it is in use', async () => {
    const { number, closed, clock } = keeping();
    expect(await Promise.all([number(), number()])).toEqual([1, 1]);
    for (let look = 0; look < 10; look += 1) {
      await clock.advance(30_000);
      expect(await number()).toBe(1);
    }
    expect(closed).toEqual([]);
  });

  it('is closed some time after its last use, not while it is in use', async () => {
    const { use, number, closed, clock } = keeping();
    const { promise, resolve } = Promise.withResolvers<void>();
    const using = use(() => promise);
    await clock.advance(10 * idleMs);
    expect(closed).toEqual([]);
    resolve();
    await using;
    await clock.advance(idleMs - 1);
    expect(closed).toEqual([]);
    await clock.advance(1);
    expect(closed).toEqual([1]);
    expect(await number()).toBe(2);
  });

  it('gives way to a new one when what it was opened with has changed, and ends with its last use', async () => {
    const { use, number, closed } = keeping();
    const { promise, resolve } = Promise.withResolvers<void>();
    const using = use(() => promise);
    expect(await number('b')).toBe(2);
    expect(closed).toEqual([]);
    resolve();
    await using;
    expect(closed).toEqual([1]);
    expect(await number('b')).toBe(2);
  });

  it('outlives a use that fails, unless the failure says that it is of no use any more', async () => {
    const { use, number, closed } = keeping();
    await expect(use(() => fail('refused'))).rejects.toThrow('refused');
    expect([await number(), closed]).toEqual([1, []]);
    await expect(use(() => fail('spent'))).rejects.toThrow('spent');
    expect(closed).toEqual([1]);
    expect(await number()).toBe(2);
  });

  it('is not used after a sleep of the computer, in which no timer went', async () => {
    const { number, closed, clock } = keeping();
    await number();
    const before = clock.now();
    vi.spyOn(clock, 'now').mockReturnValue(before + idleMs + 1); // its timer is not due
    expect(await number()).toBe(2);
    expect(closed).toEqual([1]);
  });

  it('is closed with the process, also while it is in use, and leaves no timer', async () => {
    const { use, kept, closed, clock } = keeping();
    const { promise, resolve } = Promise.withResolvers<void>();
    const using = use(() => promise);
    await kept[Symbol.asyncDispose]();
    expect(closed).toEqual([1]);
    resolve();
    await using;
    expect([closed, clock.sleeping()]).toEqual([[1], 0]);
  });
});
