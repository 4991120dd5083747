import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '#main/engine/retry.ts';

const first = { rule: 'backoff', attempt: 1, backoffs: 1, sinceFirstAttemptMs: 0, sinceRunStartMs: 0 } as const;
const policy = { attempts: 4, budgetMs: 60_000, firstDelayMs: 1000, longestDelayMs: 5000, bootingMs: 30_000 };

describe('retryDelayMs', () => {
  it('doubles up to the longest delay', () => {
    const delays = [1, 2, 3, 4, 5000].map((attempt) => retryDelayMs(policy, () => 1, { ...first, attempt }));
    expect(delays).toEqual([1000, 2000, 4000, 5000, 5000]);
  });

  it('takes between half and all of it by chance', () => {
    expect([0, 0.5, 1].map((chance) => retryDelayMs(policy, () => chance, first))).toEqual([500, 750, 1000]);
  });

  it.each([
    { tried: { ...first, rule: 'never' }, why: 'never after an error that says never' },
    { tried: { ...first, backoffs: 4 }, why: 'not after the last attempt' },
    { tried: { ...first, sinceFirstAttemptMs: 60_000 }, why: 'not after the budget in time is used up' },
    { tried: { ...first, rule: 'while-booting', sinceRunStartMs: 30_000 }, why: 'not when no machine boots any more' },
  ] as const)('answers no delay: $why', ({ tried }) => {
    expect(retryDelayMs(policy, () => 1, tried)).toBeUndefined();
  });

  it('lets waiting for a boot use up no attempt', () => {
    const tried = { ...first, rule: 'while-booting', attempt: 50, backoffs: 9 } as const;
    expect(retryDelayMs(policy, () => 1, tried)).toBe(policy.longestDelayMs);
  });
});
