import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { criticalPath } from '#renderer/features/run/critical-path.ts';
import { ticks } from '#renderer/features/run/time-axis.ts';
import StepMatrix from '#renderer/features/run/StepMatrix.svelte';
import Timeline from '#renderer/features/run/Timeline.svelte';
import type { PlanView, RunEvent } from '#shared/run/events.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import { timeline } from '#shared/run/timeline.ts';
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
    expect(criticalPath(view, timeline(view)).map(({ step }) => step)).toEqual([
      'docker/node-3',
      'images/node-3',
      'etcd/node-3',
    ]);
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
    criticalPath({ ...view, plan: { ...view.plan, steps } }, timeline(view));
    expect(looks).toBe(3);
  });

  it.each([
    [9_000, [0, 2_000, 4_000, 6_000, 8_000]],
    [246_000, [0, 60_000, 120_000, 180_000, 240_000]],
    [7 * 3_600_000, [0, 2, 4, 6].map((hours) => hours * 3_600_000)],
  ])('has round times on its axis: %i ms', (spanMs, times) => {
    expect(ticks(spanMs)).toEqual(times);
  });

  it('has a row for each machine, and the critical path as a list that the keyboard reaches', async () => {
    const onselect = vi.fn();
    render(Timeline, { props: { view: ranOn(3), now: 0, onselect } });
    const drawn = screen.getByRole('region', { name: 'Who did what when' });
    expect(drawn.querySelectorAll('rect > title')).toHaveLength(9);
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
});
