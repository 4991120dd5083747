import { describe, expect, it, vi } from 'vitest';
import { followRun, followRunLog, type NumberedLines, type RunChange } from '#main/api/runs/follow-run.ts';
import { runViews } from '#main/api/runs/run-views.ts';
import type { Clock } from '#main/engine/clock.ts';
import { errorData } from '#shared/errors/define.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import { autoClock } from '#test/fakes/clock.ts';
import { metrics, openWorld, otherProcess } from '#test/unit/api/world-for-test.ts';

const never = new AbortController().signal;
const step = 'docker/node-1';
const succeeded = { type: 'run.finished', outcome: 'succeeded', metrics } as const;

/** A run that another process drives. */
function driven(operation = 'create') {
  const clock: Clock = autoClock();
  const opened = openWorld(clock);
  const { id } = opened.addCluster('home');
  opened.start('r-1', id, null, operation);
  const driver = otherProcess(opened.home, clock);
  driver.leases.acquire(id, 'r-1');
  const views = runViews(opened.world);
  const follow = (after: number) => followRun(opened.world, views, { runId: 'r-1', after }, never);
  const retry = (count: number): void => {
    const one = { type: 'step.checking', step, attempt: 1 } as const;
    driver.journal.append(
      'r-1',
      Array.from({ length: count }, () => one),
    );
  };
  const end = (): void => {
    driver.journal.append('r-1', [succeeded]);
    driver.leases.release(id, 'r-1');
  };
  return { ...opened, id, driver, views, follow, retry, end };
}

function shown(change: RunChange | void | undefined): string {
  if (!change) return 'nothing';
  if (change.kind === 'snapshot') return `snapshot ${change.view.seq}`;
  if (change.kind === 'events') return `events ${change.events.map(({ seq }) => seq).join(' ')}`;
  return `ended ${change.state}${change.clusterGone ? ', cluster gone' : ''}`;
}

describe('followRun', () => {
  it('begins with a snapshot, goes on with events and ends with the run', async () => {
    const { follow, retry, end } = driven();
    const changes = follow(0);
    expect(shown((await changes.next()).value)).toBe('snapshot 1');
    retry(2);
    expect(shown((await changes.next()).value)).toBe('events 2 3');
    end();
    expect(shown((await changes.next()).value)).toBe('events 4');
    expect(shown((await changes.next()).value)).toBe('ended succeeded');
    expect((await changes.next()).done).toBe(true);
  });

  it('goes on after the last event that a reader saw', async () => {
    const { follow, retry, end } = driven();
    retry(3);
    end();
    expect((await Array.fromAsync(follow(2))).map(shown)).toEqual(['events 3 4 5', 'ended succeeded']);
    expect((await Array.fromAsync(follow(5))).map(shown)).toEqual(['ended succeeded']);
  });

  it('gives a reader that has missed too much a new snapshot, however far it was', async () => {
    const { follow, retry, store } = driven();
    const changes = follow(0);
    await changes.next();
    retry(1500); // while the reader does not read
    const { value } = await changes.next();
    expect(shown(value)).toBe('snapshot 1501');
    const replayed = store.runs.events('r-1', 0).reduce(reduce, initialView());
    expect(value && 'view' in value && value.view).toEqual(replayed);
  });

  it('gives a snapshot to a reader that says it has seen what was never there', async () => {
    const { follow, end } = driven();
    end();
    expect((await Array.fromAsync(follow(77))).map(shown)).toEqual(['snapshot 2', 'ended succeeded']);
  });

  it('ends as interrupted when the driver dies without an end', async () => {
    const { follow, driver, id } = driven();
    const changes = follow(0);
    await changes.next();
    driver.leases.release(id, 'r-1');
    expect((await Array.fromAsync(changes)).map(shown)).toEqual(['ended interrupted']);
  });

  it('ends a removal with what its driver here saw last, when the inventory has forgotten the run', async () => {
    const { follow, store, views, id } = driven('remove');
    const changes = follow(0);
    await changes.next();
    const observer = views.observing({ started: () => undefined, event: () => undefined, log: () => undefined });
    observer.started({ runId: 'r-1', clusterId: id, watching: false });
    const before = await views.current('r-1', never);
    const [event] = store.removalJournal(id).append('r-1', [succeeded]);
    if (event) observer.event(event, reduce(before, event));
    expect((await Array.fromAsync(changes)).map(shown)).toEqual(['snapshot 2', 'ended succeeded, cluster gone']);
  });

  it('never sees a removal that has ended, but not been forgotten', async () => {
    const { follow, driver, id } = driven('remove');
    const changes = follow(0);
    expect(shown((await changes.next()).value)).toBe('snapshot 1');
    const next = changes.next();
    driver.removalJournal(id).append('r-1', [succeeded]);
    expect(shown((await next).value)).toBe('ended succeeded, cluster gone');
  });

  it('shows nothing of a removal that is forgotten while its journal is read', async () => {
    const { world, follow, retry, driver, id, views } = driven('remove');
    retry(600); // read in two parts
    const sleep = world.clock.sleep.bind(world.clock);
    const forgotten = vi.spyOn(world.clock, 'sleep').mockImplementation((ms, signal) => {
      if (ms === 0) driver.removalJournal(id).append('r-1', [succeeded]);
      return sleep(ms, signal);
    });
    expect((await Array.fromAsync(follow(0))).map(shown)).toEqual(['ended succeeded, cluster gone']);
    expect(forgotten).toHaveBeenCalled();
    expect(views.seen('r-1')?.status).not.toBe('succeeded');
  });

  it('ends a removal that did not end well like any other run', async () => {
    const { follow, driver, id } = driven('remove');
    driver.removalJournal(id).append('r-1', [{ ...succeeded, outcome: 'failed' }]);
    driver.leases.release(id, 'r-1');
    expect((await Array.fromAsync(follow(1))).map(shown)).toEqual(['events 2', 'ended failed']);
  });

  it('knows no run that there never was', async () => {
    const { world, views } = driven();
    const code = await Array.fromAsync(followRun(world, views, { runId: 'r-9', after: 0 }, never)).catch(
      (thrown: unknown) => errorData(thrown).code,
    );
    expect(code).toBe('run.unknown');
  });
});

describe('followRunLog', () => {
  it('numbers the lines of all steps, splits them into batches and goes on after a number', async () => {
    const { world, store, end } = driven();
    const log = store.openLog('r-1');
    for (let at = 1; at <= 1200; at += 1) log.write({ at, step: at % 2 ? step : 'etcd/node-1', line: `line ${at}` });
    log.close();
    end();
    const read = (after: number, only?: string): Promise<NumberedLines[]> =>
      Array.fromAsync(followRunLog(world, { runId: 'r-1', step: only, after }, never));
    const all = await read(0);
    expect(all.map(({ lines, next }) => [lines.length, next])).toEqual([
      [500, 500],
      [500, 1000],
      [200, 1200],
    ]);
    const odd = await read(1001, step);
    expect(odd.flatMap(({ lines }) => lines.map(({ number, line }) => `${number} ${line}`))).toEqual(
      Array.from({ length: 99 }, (_, index) => `${1003 + 2 * index} line ${1003 + 2 * index}`),
    );
    expect(odd.at(-1)?.next).toBe(1200);
    expect(await read(1200)).toEqual([]);
  });
});
