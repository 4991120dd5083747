import { describe, expect, it } from 'vitest';
import { pullProgress } from '#main/machines/docker/pull-progress.ts';

describe('pullProgress', () => {
  it('adds up the bytes of all layers, counting a complete one whole', () => {
    const progressOf = pullProgress('image');
    expect(progressOf({ status: 'Pulling from a', id: 'v1' })).toBeUndefined();
    expect(progressOf({ status: 'Already exists', id: 'zero' })).toBeUndefined();
    const seen = [
      progressOf({ status: 'Downloading', id: 'one', progressDetail: { current: 10, total: 100 } }),
      progressOf({ status: 'Downloading', id: 'two', progressDetail: { current: 5, total: 50 } }),
      progressOf({ status: 'Download complete', id: 'one' }),
      progressOf({ status: 'Pull complete', id: 'two' }),
    ];
    expect(seen.map((progress) => [progress?.done, progress?.total])).toEqual([
      [10, 100],
      [15, 150],
      [105, 150],
      [150, 150],
    ]);
  });
});
