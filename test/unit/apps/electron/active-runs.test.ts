import { describe, expect, it } from 'vitest';
import { type ActiveRun, followActiveRuns, shareDone } from '#main/apps/electron/active-runs.ts';
import { keepAwake } from '#main/apps/electron/awake.ts';
import { taskBarProgress } from '#main/apps/electron/task-bar.ts';

const run = (runId: string, done = 0, total = 0): ActiveRun => ({
  runId,
  clusterName: runId,
  operation: 'create',
  progress: { done, total },
});

async function* frames(...all: (readonly ActiveRun[])[]) {
  for (const runs of all) yield { runs };
}

describe('the runs at work', () => {
  it('are told at each change, and each end once', async () => {
    const told: string[] = [];
    await followActiveRuns(frames([], [run('a')], [run('a'), run('b')], [run('b')], [run('b')], []), {
      changed: (runs) => told.push(`now ${runs.map(({ runId }) => runId).join() || 'none'}`),
      ended: ({ runId }) => told.push(`${runId} ended`),
    });
    expect(told).toEqual(['now none', 'now a', 'now a,b', 'now b', 'a ended', 'now b', 'now none', 'b ended']);
  });

  it('are together as far as their steps are', () => {
    expect(shareDone([run('a', 10, 10), run('b', 0, 30)])).toBe(0.25);
    expect(shareDone([run('a')])).toBeUndefined();
    expect(shareDone([])).toBeUndefined();
  });

  it('show in the task bar: a share, "at work" while nobody knows it, and nothing when none is left', () => {
    expect(taskBarProgress([run('a', 1, 4)])).toBe(0.25);
    expect(taskBarProgress([run('a')])).toBeGreaterThan(1); // as Electron wants an unknown share
    expect(taskBarProgress([])).toBe(-1);
  });

  it('keep the computer awake: held once, let go once, held again', () => {
    const held: string[] = [];
    let last = 0;
    const awake = keepAwake({
      start: (type) => {
        held.push(`${type} ${++last}`);
        return last;
      },
      stop: (id) => held.push(`stop ${id}`),
    });
    for (const atWork of [false, true, true, false, false, true]) awake(atWork);
    expect(held).toEqual(['prevent-app-suspension 1', 'stop 1', 'prevent-app-suspension 2']);
  });
});
