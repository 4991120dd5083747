import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { criticalPath } from '#renderer/features/run/critical-path.ts';
import { mostTicks, tickLabel, ticks } from '#renderer/features/run/time-axis.ts';
import { timelineRows, timelineSpan } from '#renderer/features/run/timeline-rows.ts';
import StepMatrix from '#renderer/features/run/StepMatrix.svelte';
import Timeline from '#renderer/features/run/Timeline.svelte';
import type { PlanView, RunEvent, Target } from '#shared/run/events.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import type { RunView } from '#shared/run/view.ts';

const phases = ['docker', 'images', 'etcd'].map((id) => ({ id, title: id }));

/** Every step waits for the one before it on its machine. Step n of machine m takes m seconds. */
function ranOn(machines: number): RunView {
  const names = Array.from({ length: machines }, (_, at) => `node-${at + 1}`);
  const steps = names.flatMap((name) =>
    phases.map(({ id }, at) => ({
      id: `${id}/${name}`,
      phase: id,
      target: { kind: 'machine', name } as const,
      needs: at === 0 ? [] : [`${phases[at - 1]?.id ?? ''}/${name}`],
      after: [],
      changes: '',
    })),
  );
  const plan: PlanView = { operation: 'create', clusterId: 'c-1', phases, steps };
  const rows = steps.flatMap(({ id }, at) => {
    const tookMs = 1000 * (Math.floor(at / phases.length) + 1);
    const startedAt = (at % phases.length) * tookMs;
    return [
      { at: startedAt, event: { type: 'step.checking', step: id, attempt: 1 } as const },
      { at: startedAt + tookMs - 1, event: { type: 'step.succeeded', step: id } as const },
    ];
  });
  const events = [
    { at: 0, event: { type: 'run.started', runId: 'r-1', plan } as const },
    ...rows.toSorted((a, b) => a.at - b.at),
  ].map(({ at, event }, index): RunEvent => ({ ...event, seq: index + 1, at }));
  return events.reduce(reduce, initialView());
}

afterEach(cleanup);

describe('the time line of a run', () => {
  it('names what the end waited for, first step first', () => {
    const view = ranOn(3);
    expect(criticalPath(view).map(({ id }) => id)).toEqual(['docker/node-3', 'images/node-3', 'etcd/node-3']);
  });

  it('looks at each need once, however many machines there are', () => {
    const view = ranOn(1000);
    let looks = 0;
    const steps = view.plan.steps.map((step) =>
      Object.defineProperty({ ...step }, 'needs', {
        get: () => {
          looks += 1;
          return step.needs;
        },
      }),
    );
    criticalPath({ ...view, plan: { ...view.plan, steps } });
    expect(looks).toBe(3);
  });

  it.each([
    [9_000, [0, 2_000, 4_000, 6_000, 8_000]],
    [246_000, [0, 60_000, 120_000, 180_000, 240_000]],
    [7 * 3_600_000, [0, 2, 4, 6].map((hours) => hours * 3_600_000)],
  ])('has round times on its axis: %i ms', (spanMs, times) => {
    expect(ticks(spanMs)).toEqual(times);
  });

  it('has fewer times on a narrow axis, so that no two of them touch', () => {
    const [span, widestLabelPx] = [246_000, 64];
    for (let widthPx = 60; widthPx < 1500; widthPx += 1) {
      const times = ticks(span, mostTicks(widthPx));
      const apartPx = (widthPx * ((times[1] ?? span) - (times[0] ?? 0))) / span;
      expect(apartPx, `${widthPx} px`).toBeGreaterThan(Math.min(widthPx - 1, widestLabelPx));
    }
  });

  it.each([
    [0, '0 s'],
    [30_000, '30 s'],
    [60_000, '1 min'],
    [90_000, '1 min 30 s'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 min'],
  ])('says a round time shortly: %i ms is %s', (ms, label) => {
    expect(tickLabel(ms)).toBe(label);
  });

  it('has a row for who has begun, in the order of the beginnings, from the first one to the last end', () => {
    const view = ranOn(3);
    expect(timelineRows(view).map(({ target }) => target.name)).toEqual(['node-1', 'node-2', 'node-3']);
    expect(timelineSpan(view, 0)).toEqual({ from: 0, to: 8999 });
    expect(timelineRows(initialView())).toEqual([]);
  });

  it('has a row for each machine, and the critical path as a list that the keyboard reaches', async () => {
    const onselect = vi.fn();
    render(Timeline, { props: { view: ranOn(3), now: 0, onselect } });
    const drawn = screen.getByRole('region', { name: 'Who did what when' });
    expect(drawn.querySelectorAll('rect > title')).toHaveLength(9);
    expect(drawn.querySelector('rect > title')?.textContent).toBe('docker on node-1, Succeeded, 1.0 s');
    await fireEvent.click(screen.getByRole('button', { name: 'Critical path 3 steps' }));
    await fireEvent.click(screen.getByRole('button', { name: /^etcd on node-3/ }));
    expect(onselect.mock.calls).toEqual([['etcd/node-3']]);
  });

  it('has of a thousand machines only the rows that can be seen in the page, as has the matrix', async () => {
    const view = ranOn(1000);
    render(Timeline, { props: { view, now: 0, onselect: () => {} } });
    await vi.waitFor(() => expect(document.querySelectorAll('rect > title').length).toBeGreaterThan(0));
    expect(document.querySelectorAll('rect > title').length).toBeLessThan(300);
    cleanup();
    render(StepMatrix, { props: { view, onselect: () => {} } });
    await vi.waitFor(() => expect(screen.getAllByRole('rowheader').length).toBeGreaterThan(0));
    expect(screen.getAllByRole('rowheader').length).toBeLessThan(100);
  });
});

describe('the matrix of machines and phases', () => {
  it('is one stop for Tab, and arrows lead from cell to cell', async () => {
    render(StepMatrix, { props: { view: ranOn(3), onselect: () => {} } });
    const cell = (name: RegExp) => screen.getByRole('button', { name });
    const stops = () => screen.getAllByRole('button').filter(({ tabIndex }) => tabIndex === 0);
    expect(stops()).toEqual([cell(/^node-1, docker/)]);
    cell(/^node-1, docker/).focus();
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowUp', 'ArrowUp', 'End']) {
      await fireEvent.keyDown(document.activeElement ?? document.body, { key });
    }
    await vi.waitFor(() => expect(document.activeElement).toBe(cell(/^node-1, etcd/)));
    expect(stops()).toEqual([cell(/^node-1, etcd/)]);
  });

  it('says what an object is where its name does not: a machine, a cluster and a pool can share one', () => {
    const names = ['demo (machine)', 'demo (cluster)', 'demo (vCenter)', 'node-1'];
    render(StepMatrix, { props: { view: sharedName(), onselect: () => {} } });
    const headers = screen.getAllByRole('rowheader');
    const lines = headers.map(({ children }) => [...children].map(({ textContent }) => textContent));
    expect(lines).toEqual([['demo', 'machine'], ['demo', 'cluster'], ['demo', 'vCenter'], ['node-1']]);
    expect(headers.map(({ ariaLabel }) => ariaLabel)).toEqual(names);
    const cells = screen.getAllByRole('button').map(({ ariaLabel }) => ariaLabel);
    expect(new Set(cells).size).toBe(4);
    expect(cells).toContain('demo (cluster), images: Waiting');
    cleanup();
    render(Timeline, { props: { view: begun(sharedName()), now: 0, onselect: () => {} } });
    const rows = names.map((name) => [...screen.getByTitle(name).children].map(({ textContent }) => textContent));
    expect(rows).toEqual(lines);
  });

  it('leads from a cell to its step, by mouse and from wherever the focus is', async () => {
    const onselect = vi.fn();
    render(StepMatrix, { props: { view: ranOn(3), onselect } });
    const cell = screen.getByRole('button', { name: /^node-2, images/ });
    await fireEvent.click(cell.firstElementChild ?? cell);
    expect(onselect.mock.calls).toEqual([['images/node-2']]);
    await fireEvent.click(screen.getByRole('grid'));
    expect(onselect).toHaveBeenCalledTimes(1);
    cell.focus();
    await fireEvent.keyDown(cell, { key: 'ArrowRight' });
    await vi.waitFor(() => expect(document.activeElement?.ariaLabel).toMatch(/^node-2, etcd/));
  });

  it('draws of all cells only the one that has changed', async () => {
    const view = ranOn(3);
    const { rerender } = render(StepMatrix, { props: { view, onselect: () => {} } });
    const written: (string | null)[] = [];
    const watch = new MutationObserver((records) => {
      for (const { target } of records) written.push((target as Element).closest('button')?.ariaLabel ?? null);
    });
    watch.observe(screen.getByRole('grid'), { subtree: true, attributes: true, childList: true, characterData: true });
    const event: RunEvent = { seq: view.seq + 1, at: 9000, type: 'step.checking', step: 'etcd/node-2', attempt: 2 };
    await rerender({ view: reduce(view, event) });
    await vi.waitFor(() => expect(written.length).toBeGreaterThan(0));
    watch.disconnect();
    expect(new Set(written)).toEqual(new Set(['node-2, etcd: Checking']));
  });
});

/** Before its first step. */
function sharedName(): RunView {
  const step = (phase: string, kind: Target['kind'], name: string) => ({
    id: `${phase}/${kind}-${name}`,
    phase,
    target: { kind, name },
    needs: [],
    after: [],
    changes: '',
  });
  const steps = [
    step('docker', 'machine', 'demo'),
    step('images', 'cluster', 'demo'),
    step('etcd', 'vcenter', 'demo'),
    step('docker', 'machine', 'node-1'),
  ];
  const plan: PlanView = { operation: 'create', clusterId: 'c-1', phases, steps };
  return reduce(initialView(), { seq: 1, at: 0, type: 'run.started', runId: 'r-1', plan });
}

function begun(view: RunView): RunView {
  const events = view.plan.steps.map(({ id }, at): RunEvent => {
    return { seq: view.seq + 1 + at, at, type: 'step.checking', step: id, attempt: 1 };
  });
  return events.reduce(reduce, view);
}
