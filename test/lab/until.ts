import { setTimeout as sleep } from 'node:timers/promises';

const firstPauseMs = 20;
const longestPauseMs = 250;

/**
 * Asks until the answer is not `undefined`, with a short pause that grows. A probe that throws has not got its answer
 * yet: the last error is the cause of the one thrown at the deadline.
 *
 * @param what A sentence for that error: "sshd of node-1 answers".
 */
export async function until<T>(what: string, withinMs: number, probe: () => Promise<T | undefined>): Promise<T> {
  const endsAt = performance.now() + withinMs;
  let pauseMs = firstPauseMs;
  for (;;) {
    let cause: unknown;
    try {
      const answer = await probe();
      if (answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > endsAt) throw new Error(`Waited ${withinMs / 1000} s in vain: ${what}.`, { cause });
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, longestPauseMs);
  }
}
