import { describe, expect, it } from 'vitest';
import type { NewRunEvent, PlanView, RunEvent } from '#shared/run/events.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import { phaseElapsedMs, runElapsedMs } from '#shared/run/timeline.ts';
import { chunkSize, stepOf, stepsOf, stepsOfPhase, warningsOf } from '#shared/run/view.ts';
import type { RunView } from '#shared/run/view.ts';

const planned = (id: string, phase: string) => ({
  id,
  phase,
  target: { kind: 'machine', name: id } as const,
  needs: [],
  after: [],
  changes: '',
});
const plan: PlanView = {
  operation: 'create',
  clusterId: 'c-abcde',
  phases: [
    { id: 'docker', title: 'Install Docker' },
    { id: 'etcd', title: 'Start etcd' },
  ],
  steps: [planned('docker/n1', 'docker'), planned('docker/n2', 'docker'), planned('etcd/n1', 'etcd')],
};
const busy = { code: 'ssh.unreachable', cause: 'no', hint: '', params: {}, retry: 'backoff', chain: [] } as const;
const metrics = { elapsedMs: 1, peakRssBytes: 2, eventLoopDelayP99Ms: 3, mutations: 4 };

/** Events one second apart, from second 0 on; a number instead of an event lets so many further seconds pass. */
function events(...rows: readonly (NewRunEvent | number)[]): readonly RunEvent[] {
  let at = 0;
  const all: RunEvent[] = [];
  for (const row of [{ type: 'run.started', runId: 'r-1', plan } as const, ...rows]) {
    if (typeof row === 'number') at += row * 1000;
    else {
      all.push({ ...row, seq: all.length + 1, at });
      at += 1000;
    }
  }
  return all;
}
const viewOf = (...rows: readonly (NewRunEvent | number)[]): RunView => events(...rows).reduce(reduce, initialView());

const checking = (step: string, attempt = 1): NewRunEvent => ({ type: 'step.checking', step, attempt });
const applying = (step: string, attempt = 1): NewRunEvent => ({
  type: 'step.applying',
  step,
  attempt,
  reason: 'missing',
});
const retrying = (step: string): NewRunEvent => ({
  type: 'step.retrying',
  step,
  attempt: 1,
  delayMs: 500,
  error: busy,
});
const succeeded = (step: string): NewRunEvent => ({ type: 'step.succeeded', step });
const failed = (step: string): NewRunEvent => ({ type: 'step.failed', step, error: busy });

describe('the view of a run', () => {
  it('begins with every step waiting', () => {
    const view = viewOf();
    expect(view).toMatchObject({ status: 'running', runId: 'r-1', startedAt: 0, endedAt: undefined });
    expect(view.phases).toMatchObject([
      { id: 'docker', title: 'Install Docker', status: 'waiting', counts: { total: 2, waiting: 2 } },
      { id: 'etcd', status: 'waiting', counts: { total: 1, waiting: 1 } },
    ]);
  });

  it('replaces the state of a step: the error of attempt 1 does not survive into attempt 2', () => {
    const before = viewOf(checking('docker/n1'), retrying('docker/n1'));
    expect(stepOf(before, 'docker/n1')).toMatchObject({ status: 'retrying', error: busy, nextTryAt: 2500 });
    const after = viewOf(checking('docker/n1'), retrying('docker/n1'), checking('docker/n1', 2));
    expect(stepOf(after, 'docker/n1')).toEqual({
      id: 'docker/n1',
      phase: 'docker',
      target: { kind: 'machine', name: 'docker/n1' },
      warnings: [],
      applied: false,
      status: 'checking',
      attempt: 2,
      startedAt: 1000,
      progress: [],
    });
  });

  it('times a phase from its first start to its last end', () => {
    const rows = [checking('docker/n1'), checking('docker/n2'), succeeded('docker/n1')];
    expect(viewOf(...rows).phases[0]).toMatchObject({ status: 'running', startedAt: 1000, endedAt: undefined });
    const [docker] = viewOf(...rows, failed('docker/n2')).phases;
    expect(docker).toMatchObject({ status: 'failed', startedAt: 1000, endedAt: 4000 });
    expect(docker && phaseElapsedMs(docker, 99_000)).toBe(3000);
  });

  it('counts a failure at once, while the phase still runs', () => {
    const [docker] = viewOf(checking('docker/n1'), failed('docker/n1')).phases;
    expect(docker).toMatchObject({ status: 'running', counts: { failed: 1, waiting: 1 } });
  });

  it('shows the highest attempt of a phase', () => {
    expect(viewOf(checking('docker/n1', 3), checking('docker/n2', 1)).phases[0]?.attempt).toBe(3);
  });

  it('keeps the last progress per label, and drops it when the step is tried again', () => {
    const progress = (label: string, done: number): NewRunEvent => ({
      type: 'step.progress',
      step: 'docker/n1',
      progress: { label, done, total: 9, unit: 'bytes' },
    });
    const rows = [checking('docker/n1'), progress('a', 1), progress('b', 2), progress('a', 3)];
    expect(stepOf(viewOf(...rows), 'docker/n1')).toMatchObject({
      progress: [
        { label: 'a', done: 3 },
        { label: 'b', done: 2 },
      ],
    });
    expect(stepOf(viewOf(...rows, retrying('docker/n1')), 'docker/n1')).toMatchObject({ progress: [] });
    expect(viewOf(progress('a', 1)).stepChunks).toEqual(viewOf().stepChunks);
  });

  it('keeps each warning once', () => {
    const warning = (text: string): NewRunEvent => ({ type: 'step.warning', step: 'docker/n1', text });
    const view = viewOf(warning('slow clock'), warning('low disk'), warning('slow clock'));
    expect(warningsOf(view)).toEqual([
      { step: 'docker/n1', at: 1000, text: 'slow clock' },
      { step: 'docker/n1', at: 2000, text: 'low disk' },
    ]);
  });

  it('calls a phase without steps skipped', () => {
    const phases = [...plan.phases, { id: 'addons', title: 'Deploy add-ons' }];
    const view = reduce(initialView(), { type: 'run.started', runId: 'r', plan: { ...plan, phases }, seq: 1, at: 0 });
    expect(view.phases[2]?.status).toBe('skipped');
  });

  it('ends with the outcome and the metrics', () => {
    const view = viewOf({ type: 'run.finished', outcome: 'failed', metrics });
    expect(view).toMatchObject({ status: 'failed', endedAt: 1000, metrics });
  });

  it('says that it is being cancelled', () => {
    expect(viewOf({ type: 'run.cancelling' }).status).toBe('cancelling');
  });

  it('ignores a step that its plan does not know', () => {
    expect(viewOf(checking('ghost')).stepChunks).toEqual(viewOf().stepChunks);
  });

  it('shares everything that an event did not touch', () => {
    const before = viewOf(checking('docker/n1'));
    const after = reduce(before, { ...checking('etcd/n1'), seq: 3, at: 2000 });
    expect(after.phases[0]).toBe(before.phases[0]);
    expect(stepsOf(after)[0]).toBe(stepsOf(before)[0]);
    expect(after.plan).toBe(before.plan);
  });

  it('finds steps in every chunk', () => {
    const many = Array.from({ length: chunkSize * 2 + 5 }, (_, index) => planned(`s${index}`, 'docker'));
    const start: RunEvent = { type: 'run.started', runId: 'r', plan: { ...plan, steps: many }, seq: 1, at: 0 };
    const last = `s${chunkSize * 2 + 4}`;
    const view = reduce(reduce(initialView(), start), { ...checking(last), seq: 2, at: 1 });
    expect(stepsOf(view).map(({ id }) => id)).toEqual(many.map(({ id }) => id));
    expect(stepsOf(view).filter(({ status }) => status === 'checking')).toEqual([stepOf(view, last)]);
    expect(stepsOfPhase(view, 'etcd')).toEqual([]);
  });

  it('refuses an event of a kind that it does not know', () => {
    const unknown = { type: 'run.teleported', seq: 2, at: 0 } as unknown as RunEvent;
    expect(() => reduce(viewOf(), unknown)).toThrow('run.teleported');
  });
});

describe('a resumed run', () => {
  const finished: NewRunEvent = { type: 'run.finished', outcome: 'failed', metrics };
  const rows = [
    checking('docker/n1'),
    succeeded('docker/n1'),
    checking('docker/n2'),
    applying('docker/n2'),
    failed('docker/n2'),
    { type: 'step.blocked', step: 'etcd/n1', by: ['docker/n2'] },
  ] as const satisfies readonly NewRunEvent[];

  it('has what failed or was blocked waiting again, and remembers what was already begun', () => {
    const view = viewOf(...rows, finished, { type: 'run.resumed' });
    expect(view).toMatchObject({ status: 'running', endedAt: undefined, metrics: undefined, resumes: 1, mutations: 1 });
    expect(stepsOf(view)).toMatchObject([
      { status: 'succeeded' },
      { status: 'waiting', applied: true },
      { status: 'waiting', applied: false },
    ]);
    expect(view.phases).toMatchObject([
      { status: 'running', startedAt: 1000, endedAt: undefined, counts: { succeeded: 1, waiting: 1 } },
      { status: 'waiting', startedAt: undefined },
    ]);
  });

  it('does not count the time between its sessions', () => {
    const view = viewOf(...rows, finished, 3600, { type: 'run.resumed' });
    expect(runElapsedMs(view, view.at + 2000)).toBe(7000 + 2000);
  });

  it('after a crash counts up to the last event', () => {
    const view = viewOf(checking('docker/n1'), applying('docker/n1'), 3600, { type: 'run.resumed' });
    expect(runElapsedMs(view, view.at)).toBe(2000);
    expect(stepOf(view, 'docker/n1')).toMatchObject({ status: 'waiting', applied: true });
  });
});

describe('runElapsedMs', () => {
  it('is nothing before the start, grows while it runs and stands still at the end', () => {
    expect(runElapsedMs(initialView(), 5)).toBe(0);
    expect(runElapsedMs(viewOf(), 5000)).toBe(5000);
    expect(runElapsedMs(viewOf({ type: 'run.finished', outcome: 'succeeded', metrics }), 5000)).toBe(1000);
  });
});
