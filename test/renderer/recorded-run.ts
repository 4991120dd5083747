import type { ErrorData } from '#shared/errors/define.ts';
import type { NewRunEvent, PlanView, RunEvent } from '#shared/run/events.ts';

const step = (phase: string, machine: string, needs: readonly string[] = []) => ({
  id: `${phase}/${machine}`,
  phase,
  target: { kind: 'machine', name: machine } as const,
  needs,
  after: [],
  changes: `${phase} on ${machine}`,
});

export const plan: PlanView = {
  operation: 'create',
  clusterId: 'c-home1',
  phases: [
    { id: 'docker', title: 'Install Docker' },
    { id: 'images', title: 'Pull images' },
    { id: 'etcd', title: 'Start etcd' },
  ],
  steps: [
    step('docker', 'node-1'),
    step('docker', 'node-2'),
    step('images', 'node-1', ['docker/node-1']),
    step('images', 'node-2', ['docker/node-2']),
    step('etcd', 'node-1', ['images/node-1']),
    step('etcd', 'node-2', ['images/node-2']),
  ],
};

export const busy: ErrorData = {
  code: 'image.registry_busy',
  cause: 'The registry registry.test answered 503.',
  hint: 'Nothing: it is tried again.',
  params: {},
  retry: 'backoff',
  chain: [],
};

export const unhealthy: ErrorData = {
  code: 'etcd.unhealthy',
  cause: 'etcd on node-1 is not healthy after 60 s.',
  hint: 'Read the last lines of its log, correct the cause and retry.',
  params: {},
  retry: 'never',
  chain: [
    {
      code: 'ssh.channel_refused',
      cause: 'node-1 refused a tunnel to port 2379.',
      hint: 'Allow TCP forwarding in sshd_config.',
      params: {},
      retry: 'never',
      chain: [],
    },
  ],
  lastLines: ['etcd: no space left on device'],
};

const metrics = { elapsedMs: 20_000, peakRssBytes: 1, eventLoopDelayP99Ms: 1, mutations: 3 };

/** Every kind of event, as a run with a retry, a skipped, a failed, a blocked and a cancelled step journals them. */
const rows: readonly NewRunEvent[] = [
  { type: 'run.started', runId: 'r-1', plan },
  { type: 'step.checking', step: 'docker/node-1', attempt: 1 },
  { type: 'step.checking', step: 'docker/node-2', attempt: 1 },
  { type: 'step.skipped', step: 'docker/node-2', reason: 'Docker 27.0 is there' },
  { type: 'step.applying', step: 'docker/node-1', attempt: 1, reason: 'Docker is missing' },
  { type: 'step.warning', step: 'docker/node-1', text: 'Swap is on.' },
  { type: 'step.verifying', step: 'docker/node-1', attempt: 1 },
  { type: 'step.succeeded', step: 'docker/node-1' },
  { type: 'step.checking', step: 'images/node-1', attempt: 1 },
  { type: 'step.applying', step: 'images/node-1', attempt: 1, reason: '2 images are missing' },
  {
    type: 'step.progress',
    step: 'images/node-1',
    progress: { label: 'etcd:v3.5', done: 5_242_880, total: 10_485_760, unit: 'bytes' },
  },
  { type: 'step.retrying', step: 'images/node-1', attempt: 1, delayMs: 2000, error: busy },
  { type: 'step.checking', step: 'images/node-1', attempt: 2 },
  { type: 'step.applying', step: 'images/node-1', attempt: 2, reason: '1 image is missing' },
  { type: 'step.succeeded', step: 'images/node-1' },
  { type: 'step.checking', step: 'etcd/node-1', attempt: 1 },
  { type: 'step.applying', step: 'etcd/node-1', attempt: 1, reason: 'missing' },
  { type: 'step.undoing', step: 'etcd/node-1' },
  { type: 'step.failed', step: 'etcd/node-1', error: unhealthy },
  { type: 'step.cancelled', step: 'images/node-2', started: false },
  { type: 'step.blocked', step: 'etcd/node-2', by: ['images/node-2'] },
  { type: 'run.cancelling' },
  { type: 'run.finished', outcome: 'failed', metrics },
  { type: 'run.resumed' },
  { type: 'step.checking', step: 'etcd/node-1', attempt: 1 },
];

/** A second apart. */
export const recorded: readonly RunEvent[] = rows.map((row, at) => ({
  ...row,
  seq: at + 1,
  at: 1_700_000_000_000 + at * 1000,
}));

/** Up to the end of its first session. */
export const failedRun = recorded.slice(0, recorded.findIndex(({ type }) => type === 'run.finished') + 1);
