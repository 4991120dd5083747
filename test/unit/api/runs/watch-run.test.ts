import { describe, expect, it } from 'vitest';
import type { RunObserver } from '#main/api/runs/driving.ts';
import { watchRun } from '#main/api/runs/watch-run.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { autoClock } from '#test/fakes/clock.ts';
import { openWorld, otherProcess } from '#test/unit/api/world-for-test.ts';

/** A run that another process drives. */
function watched() {
  const clock = autoClock();
  const opened = openWorld(clock);
  const { id } = opened.addCluster('home');
  opened.start('r-1', id);
  const driver = otherProcess(opened.home, clock);
  driver.leases.acquire(id, 'r-1');
  const cancel = new AbortController();
  const leave = new AbortController();
  const seen: RunEvent[] = [];
  const starts: unknown[] = [];
  const observer = (onEvent: (event: RunEvent) => void): RunObserver => ({
    started: (run) => void starts.push(run),
    event: (event) => {
      seen.push(event);
      onEvent(event);
    },
    log: () => undefined,
  });
  const watch = (onEvent: (event: RunEvent) => void = () => undefined) =>
    watchRun(opened.world, { runId: 'r-1', clusterId: id }, observer(onEvent), {
      cancel: cancel.signal,
      leave: leave.signal,
    });
  return { ...opened, id, driver, cancel, leave, seen, starts, watch };
}

describe('watching a run that another process drives', () => {
  it('shows each event once and ends with its outcome and what exists', async () => {
    const { driver, id, watch, seen, starts, store } = watched();
    const etcd = { kind: 'container', key: 'node-1/etcd', where: 'node-1' };
    await store.inventoryFor(id, () => Promise.reject(new Error())).recordArtefacts([etcd]);
    const result = await watch(({ type }) => {
      if (type === 'run.started') {
        driver.journal.append('r-1', [{ type: 'step.checking', step: 'docker/node-1', attempt: 1 }]);
      }
      if (type !== 'step.checking') return;
      const metrics = { elapsedMs: 1, peakRssBytes: 1, eventLoopDelayP99Ms: 1, mutations: 0 };
      driver.journal.append('r-1', [{ type: 'run.finished', outcome: 'failed', metrics }]);
      driver.leases.release(id, 'r-1');
    });
    expect(seen.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
      '1 run.started',
      '2 step.checking',
      '3 run.finished',
    ]);
    expect(starts).toEqual([{ runId: 'r-1', clusterId: id, watching: true }]);
    expect(result).toMatchObject({ outcome: 'failed', view: { status: 'failed' }, exists: [etcd] });
  });

  it('passes a cancellation on to the driver and goes on watching', async () => {
    const { driver, id, watch, cancel } = watched();
    const watching = watch(({ type }) => {
      if (type !== 'run.started') return;
      cancel.abort();
      expect(driver.leases.cancelRequested(id, 'r-1')).toBe(true);
      const metrics = { elapsedMs: 1, peakRssBytes: 1, eventLoopDelayP99Ms: 1, mutations: 0 };
      driver.journal.append('r-1', [{ type: 'run.finished', outcome: 'cancelled', metrics }]);
      driver.leases.release(id, 'r-1');
    });
    expect((await watching).outcome).toBe('cancelled');
  });

  it('passes on a cancellation that was asked for before it began', async () => {
    const { driver, id, watch, cancel, leave } = watched();
    cancel.abort();
    const watching = watch(() => leave.abort());
    expect((await watching).outcome).toBe('left');
    expect(driver.leases.cancelRequested(id, 'r-1')).toBe(true);
  });

  it('ends as left when the person goes, and the run goes on', async () => {
    const { driver, id, watch, leave, store } = watched();
    expect((await watch(() => leave.abort())).outcome).toBe('left');
    expect([store.leases.current(id)?.runId, driver.leases.cancelRequested(id, 'r-1')]).toEqual(['r-1', false]);
  });

  it('ends as left when the driver dies without an end', async () => {
    const { driver, id, watch } = watched();
    expect((await watch(() => driver.leases.release(id, 'r-1'))).outcome).toBe('left');
  });

  it('ends a removal as succeeded when the inventory has forgotten it', async () => {
    const { driver, id, watch, seen } = watched();
    const metrics = { elapsedMs: 1, peakRssBytes: 1, eventLoopDelayP99Ms: 1, mutations: 0 };
    const result = await watch(() => {
      driver.removalJournal(id).append('r-1', [{ type: 'run.finished', outcome: 'succeeded', metrics }]);
    });
    expect(result).toMatchObject({ outcome: 'succeeded', view: { seq: 1 }, exists: [] });
    expect(seen.map(({ type }) => type)).toEqual(['run.started']);
  });

  it('says that there is no such run where it was forgotten before anything of it was seen', async () => {
    const { driver, id, watch } = watched();
    const metrics = { elapsedMs: 1, peakRssBytes: 1, eventLoopDelayP99Ms: 1, mutations: 0 };
    driver.removalJournal(id).append('r-1', [{ type: 'run.finished', outcome: 'succeeded', metrics }]);
    await expect(watch()).rejects.toMatchObject({ data: { code: 'run.unknown' } });
  });
});
