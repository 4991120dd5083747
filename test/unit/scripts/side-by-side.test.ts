import { describe, expect, it } from 'vitest';
import { sideBySide } from '#test/scripts/side-by-side.ts';

interface Job {
  readonly name: string;
  readonly cores: number;
}

const job = (name: string, cores: number): Job => ({ name, cores });

/** What ran at each start, when the jobs end in the given order. */
async function starts(jobs: readonly Job[], endings: readonly string[]): Promise<string[]> {
  const seen: string[] = [];
  const ends = new Map<string, () => void>();
  const all = sideBySide(jobs, 2, async ({ name }) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    ends.set(name, () => resolve(undefined));
    seen.push([...ends.keys()].join('+'));
    await promise;
  });
  for (const name of endings) {
    ends.get(name)?.();
    ends.delete(name);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await all;
  return seen;
}

describe('sideBySide', () => {
  it('runs together what the cores allow, in order', async () => {
    const jobs = [job('a', 1), job('b', 1), job('c', 1)];
    expect(await starts(jobs, ['b', 'a', 'c'])).toEqual(['a', 'a+b', 'a+c']);
  });

  it('gives one that needs both cores the box for itself, and lets none go before it', async () => {
    const jobs = [job('a', 1), job('wide', 2), job('c', 1), job('d', 1)];
    expect(await starts(jobs, ['a', 'wide', 'c', 'd'])).toEqual(['a', 'wide', 'c', 'c+d']);
  });

  it('runs what asks for more than there is when nothing else runs', async () => {
    expect(await starts([job('a', 1), job('huge', 4), job('b', 1)], ['a', 'huge', 'b'])).toEqual(['a', 'huge', 'b']);
  });

  it('fails with what a job throws', async () => {
    const failing = sideBySide([job('a', 1)], 2, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
  });
});
