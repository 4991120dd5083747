import { definePhase, done, type StepContext, todo } from '#main/engine/phase.ts';
import { addonErrors } from '#shared/errors/addon.ts';
import { clusterRecord, type NodeStatus, nodeStatuses } from '../access/cluster-record.ts';
import { difference } from '../addons/difference.ts';
import { refOf } from '../addons/manifest.ts';
import type { ClusterRun } from '../cluster.ts';

/** Records what the cluster is now, in the inventory and in the cluster, and names the nodes that are not Ready. */
export const finish = definePhase<ClusterRun, Record<string, never>>({
  id: 'finish',
  title: 'Finish',
  async check(run, _input, context) {
    const statuses = await look(run, context.signal);
    warnOfNotReady(statuses, context);
    return (await isRecorded(run, statuses, context.signal))
      ? done(`${summary(run, statuses)}, as recorded`)
      : todo('the record of the cluster is not up to date');
  },
  async apply(run, _input, context) {
    const statuses = await look(run, context.signal);
    for (const [machine, status] of statuses) await run.inventory.putStatus(`node/${machine}`, status);
    await run.inventory.putStatus('release', run.cluster.release.version);
    // Last, because it is what check looks at.
    await run.kube.apply(clusterRecord(run.cluster, statuses), context.signal);
    context.log(summary(run, statuses));
  },
  async verify(run, _input, { signal }) {
    // The nodes' states may move on meanwhile; that the record was kept is what counts.
    const kept = await run.kube.get(refOf(clusterRecord(run.cluster, new Map())), signal);
    if (!kept) {
      throw addonErrors.not_as_written({ addon: 'The record of the cluster', difference: 'it is missing' });
    }
  },
});

async function look(run: ClusterRun, signal: AbortSignal): Promise<ReadonlyMap<string, NodeStatus>> {
  return nodeStatuses(run.cluster, await run.kube.list({ apiVersion: 'v1', kind: 'Node' }, signal));
}

async function isRecorded(
  run: ClusterRun,
  statuses: ReadonlyMap<string, NodeStatus>,
  signal: AbortSignal,
): Promise<boolean> {
  const wanted = clusterRecord(run.cluster, statuses);
  return difference(wanted, await run.kube.get(refOf(wanted), signal)) === undefined;
}

function warnOfNotReady(statuses: ReadonlyMap<string, NodeStatus>, context: StepContext): void {
  for (const [machine, { ready, reason }] of statuses) {
    if (!ready) context.warn(`Node ${machine} is not Ready: ${reason}`);
  }
}

function summary({ cluster }: ClusterRun, statuses: ReadonlyMap<string, NodeStatus>): string {
  const ready = [...statuses.values()].filter((status) => status.ready).length;
  return `${cluster.name}: Kubernetes ${cluster.release.version}, ${String(ready)} of ${String(statuses.size)} nodes Ready`;
}
