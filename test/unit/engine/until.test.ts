import { describe, expect, it } from 'vitest';
import { until } from '#main/engine/until.ts';
import { autoClock } from '#test/fakes/clock.ts';

const wait = (more: { readonly withinMs?: number; readonly signal?: AbortSignal } = {}) => ({
  what: 'etcd on node-1 is healthy',
  withinMs: 10_000,
  signal: new AbortController().signal,
  clock: autoClock(0),
  ...more,
});

describe('until', () => {
  it('ends as soon as it is so', async () => {
    const waiting = wait();
    let probes = 0;
    await until(waiting, () => Promise.resolve({ met: (probes += 1) === 3, seen: 'starting' }));
    expect(waiting.clock.now()).toBeLessThan(200);
  });

  it('says after the deadline what was there instead, and looks once more at the very end', async () => {
    const waiting = wait();
    const looks: number[] = [];
    const ended = until(waiting, () => {
      looks.push(waiting.clock.now());
      return Promise.resolve({ met: false, seen: '1 of 3 ready' });
    });
    await expect(ended).rejects.toMatchObject({
      code: 'wait.deadline',
      message: 'Waited 10 s in vain until etcd on node-1 is healthy. Last seen: 1 of 3 ready.',
    });
    expect(looks.at(-1)).toBe(10_000);
    expect(looks.length).toBeLessThan(40);
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const ended = until(wait({ signal: controller.signal }), () => {
      controller.abort(new Error('enough'));
      return Promise.resolve({ met: false, seen: '' });
    });
    await expect(ended).rejects.toThrow('enough');
  });
});
