import type { RunObserver, RunResult } from '#main/api/runs/driving.ts';
import type { ErrorData } from '#shared/errors/define.ts';
import { sshErrors } from '#shared/errors/ssh.ts';
import type { Artefact, NewRunEvent, PlanView, RunEvent, RunMetrics, RunOutcome } from '#shared/run/events.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import type { RunView } from '#shared/run/view.ts';

export const startedAt = Date.UTC(2026, 10, 22, 12, 0, 0);

/** Two phases on two machines each, then one on the cluster. */
export const plan: PlanView = {
  operation: 'create',
  clusterId: 'c-home1',
  phases: [
    { id: 'install-docker', title: 'Install Docker' },
    { id: 'pull-images', title: 'Pull images' },
    { id: 'coredns', title: 'CoreDNS' },
  ],
  steps: [
    'install-docker/node-1',
    'install-docker/node-2',
    'pull-images/node-1',
    'pull-images/node-2',
    'coredns/home',
  ].map((id) => ({
    id,
    phase: id.split('/', 1)[0] ?? '',
    target: { kind: 'machine', name: id.split('/')[1] ?? '' },
    needs: [],
    after: [],
    changes: `changes ${id}`,
  })),
};

export const metrics: RunMetrics = {
  elapsedMs: 4000,
  peakRssBytes: 120_000_000,
  eventLoopDelayP99Ms: 3,
  mutations: 1,
};

export const unreachable: ErrorData = sshErrors.unreachable({ address: '10.0.0.2', port: 22, waitedMs: 15_000 }).data;

/** What the inventory knows to exist after any of these runs. */
export const made: readonly Artefact[] = [
  { kind: 'container', key: 'node-1/kubelet', where: 'node-1' },
  { kind: 'container', key: 'node-1/etcd', where: 'node-1' },
  { kind: 'file', key: 'node-1/etc/slipway/node.json', where: 'node-1' },
];

/** One event per 100 ms. */
export function numbered(bodies: readonly NewRunEvent[]): readonly RunEvent[] {
  return bodies.map((body, at) => ({ ...body, seq: at + 1, at: startedAt + at * 100 }));
}

export function viewOf(bodies: readonly NewRunEvent[]): RunView {
  return numbered([{ type: 'run.started', runId: 'r-1', plan }, ...bodies]).reduce(reduce, initialView());
}

/** Plays the events to the observer as the API would, and answers the result. */
export function play(observer: RunObserver, bodies: readonly NewRunEvent[], outcome: RunOutcome | 'left'): RunResult {
  let view = initialView();
  observer.started({ runId: 'r-1', clusterId: 'c-home1', watching: false });
  const end: readonly NewRunEvent[] = outcome === 'left' ? [] : [{ type: 'run.finished', outcome, metrics }];
  for (const event of numbered([{ type: 'run.started', runId: 'r-1', plan }, ...bodies, ...end])) {
    view = reduce(view, event);
    observer.event(event, view);
  }
  return { runId: 'r-1', outcome, view, exists: made };
}
