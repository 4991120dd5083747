import { describe, expect, it } from 'vitest';
import { type ActiveRun, followActiveRuns } from '#main/api/runs/active-runs.ts';
import { runViews } from '#main/api/runs/run-views.ts';
import type { Clock } from '#main/engine/clock.ts';
import { autoClock } from '#test/fakes/clock.ts';
import { metrics, openWorld, otherProcess } from '#test/unit/api/world-for-test.ts';

function opened() {
  const clock: Clock = autoClock();
  const world = openWorld(clock);
  const { id } = world.addCluster('home');
  const stop = new AbortController();
  const runs = followActiveRuns(world.world, runViews(world.world), stop.signal);
  const next = async (): Promise<readonly ActiveRun[]> => (await runs.next()).value ?? [];
  return { ...world, id, clock, stop, runs, next, driver: otherProcess(world.home, clock) };
}

const shown = (runs: readonly ActiveRun[]) =>
  runs.map(({ runId, clusterName, progress }) => [runId, clusterName, progress.done, progress.total]);

describe('the runs that are at work', () => {
  it('are told at once, with each step that ends, and when they are over, whoever drives them', async () => {
    const { id, start, next, driver } = opened();
    expect(await next()).toEqual([]);
    start('r-1', id);
    driver.leases.acquire(id, 'r-1');
    expect(shown(await next())).toEqual([['r-1', 'home', 0, 1]]);
    driver.journal.append('r-1', [
      { type: 'step.checking', step: 'docker/node-1', attempt: 1 },
      { type: 'step.skipped', step: 'docker/node-1', reason: 'there' },
    ]);
    expect(shown(await next())).toEqual([['r-1', 'home', 1, 1]]);
    driver.journal.append('r-1', [{ type: 'run.finished', outcome: 'succeeded', metrics }]);
    driver.leases.release(id, 'r-1');
    expect(await next()).toEqual([]);
  });

  it('are not those whose driver is gone', async () => {
    const { id, start, next, driver, clock } = opened();
    start('r-1', id);
    driver.leases.acquire(id, 'r-1');
    expect(await next()).toHaveLength(1);
    await clock.sleep(31_000, new AbortController().signal);
    expect(await next()).toEqual([]);
  });

  it('end with their reader, without an error', async () => {
    const { runs, stop, next } = opened();
    await next();
    const last = runs.next();
    stop.abort();
    expect((await last).done).toBe(true);
  });
});
