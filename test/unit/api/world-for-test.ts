import type { World } from '#main/api/world.ts';
import type { LeaseHolder } from '#main/engine/journal.ts';
import type { Plan } from '#main/engine/plan.ts';
import { planView } from '#main/engine/plan.ts';
import type { Clock } from '#main/engine/clock.ts';
import { thisProcess } from '#main/store/runs/processes.ts';
import { Store } from '#main/store/store.ts';
import type { Json } from '#shared/json.ts';
import type { RunOutcome } from '#shared/run/events.ts';
import { toyMeter } from '#test/engine/toy.ts';
import { autoClock } from '#test/fakes/clock.ts';
import { openStore, specNamed } from '../store/home-for-test.ts';
import { onTestFinished } from 'vitest';

export const plan: Plan = {
  operation: 'create',
  clusterId: 'c-any',
  phases: [{ id: 'docker', title: 'Install Docker' }],
  steps: [
    {
      id: 'docker/node-1',
      phase: 'docker',
      target: { kind: 'machine', name: 'node-1' },
      needs: [],
      after: [],
      input: {},
      changes: 'install',
    },
  ],
};

export const metrics = { elapsedMs: 1, peakRssBytes: 1, eventLoopDelayP99Ms: 1, mutations: 0 };

/** The api's world over a real store in a temporary home. */
export function openWorld(clock: Clock = autoClock()) {
  const { home, store, redactor } = openStore({ now: () => clock.now() });
  const world: World = { store, redactor, clock, meter: toyMeter, random: () => 0.5, env: {} };
  const addCluster = (name: string) => store.clusters.create({ spec: specNamed(name), release: 'v1.36.3' });
  const start = (
    runId: string,
    clusterId: string,
    document: Json = null,
    operation: Plan['operation'] = plan.operation,
  ): void => {
    const run = { runId, clusterId, plan: { ...plan, operation, clusterId }, document };
    store.journal.start(run, { type: 'run.started', runId, plan: planView(run.plan) });
  };
  const finish = (runId: string, outcome: RunOutcome): void => {
    store.journal.append(runId, [{ type: 'run.finished', outcome, metrics }]);
  };
  return { home, world, store, addCluster, start, finish };
}

/** The same home as another live process has it open. Closed after the test. */
export function otherProcess(home: string, clock: Clock): Store {
  // On another computer: there only the heartbeat says whether it lives.
  const holder: LeaseHolder = { ...thisProcess('slipway up'), hostname: 'another-computer' };
  const store = new Store({
    home,
    openVault: () => Promise.reject(new Error('no secret is needed here')),
    redaction: { register: () => undefined, redact: (text) => text, redactField: (_name, text) => text },
    label: holder.label,
    heartbeatLimitMs: 30_000,
    now: () => clock.now(),
    holder,
  });
  onTestFinished(() => store.close());
  return store;
}
