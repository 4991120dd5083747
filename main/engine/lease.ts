import { engineErrors } from '#shared/errors/engine.ts';
import type { Clock } from './clock.ts';
import type { Leases } from './journal.ts';

export interface LeaseTerms {
  readonly clusterId: string;
  readonly runId: string;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly heartbeatMs: number;
}

/**
 * Works while holding the cluster's lease. The signal given to `work` aborts when the lease is lost: from then on
 * nothing may be journaled, because somebody else does.
 * @throws `engine.lease_held` naming the holder, before anything is done; whatever `work` throws.
 */
export async function withLease<T>(terms: LeaseTerms, work: (lost: AbortSignal) => Promise<T>): Promise<T> {
  const { clusterId, runId, leases } = terms;
  const answer = leases.acquire(clusterId, runId);
  if (answer.kind === 'held') {
    const { label, pid, hostname } = answer.by;
    throw engineErrors.lease_held({ cluster: clusterId, run: answer.runId, label, pid, hostname });
  }
  const lost = new AbortController();
  const ended = new AbortController();
  const beating = keepBeating(terms, lost, ended.signal);
  try {
    return await work(lost.signal);
  } finally {
    ended.abort();
    await beating;
    if (!lost.signal.aborted) leases.release(clusterId, runId);
  }
}

async function keepBeating(terms: LeaseTerms, lost: AbortController, ended: AbortSignal): Promise<void> {
  const { clusterId, runId, leases, clock, heartbeatMs } = terms;
  const slept = () =>
    clock.sleep(heartbeatMs, ended).then(
      () => true,
      // The work has ended.
      () => false,
    );
  try {
    while (await slept()) {
      if (leases.heartbeat(clusterId, runId)) continue;
      lost.abort(engineErrors.lease_lost({ cluster: clusterId, run: runId }));
      return;
    }
  } catch (thrown) {
    // The inventory cannot be written: then the journal cannot be either.
    lost.abort(thrown);
  }
}
