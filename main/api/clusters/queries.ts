import { X509Certificate } from 'node:crypto';
import { expandPools } from '#main/cluster/provision/pools.ts';
import { defaultRelease, findRelease, releases } from '#main/cluster/releases/catalogue.ts';
import type { MachineSpec } from '#shared/spec/cluster.ts';
import { runErrors } from '#shared/errors/run.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import type { ClusterRecord } from '#main/store/clusters.ts';
import type { RunRecord } from '#main/store/runs.ts';
import { documentsOf } from '#main/api/runs/run-documents.ts';
import { runEnd } from '#main/api/runs/run-end.ts';
import type { ClusterStatus, ClusterSummary, LogLine, ReleaseSummary, RunSummary } from '#main/api/slipway.ts';
import type { World } from '#main/api/world.ts';

export function listClusters(world: World): readonly ClusterSummary[] {
  return world.store.clusters.list().map((record) => summaryOf(world, record));
}

export function clusterStatus(world: World, nameOrId: string | undefined): ClusterStatus {
  const record = clusterNamed(world, nameOrId);
  const view = world.store.viewOf(record.id);
  const facts = new Map(view.machines().map((machine) => [machine.name, machine.facts]));
  const summary = summaryOf(world, record);
  const events = summary.lastRun ? world.store.runs.events(summary.lastRun.runId, 0) : [];
  return {
    cluster: summary,
    machines: machinesOf(world, record).map(({ name, address, roles }) => ({
      name,
      address,
      roles,
      facts: facts.get(name) ?? null,
    })),
    certificates: view.certificates().map(({ name, certificatePem }) => ({
      name,
      notAfter: new X509Certificate(certificatePem).validToDate.toISOString(),
    })),
    status: view.statuses(),
    exists: view.artefacts(),
    view: summary.lastRun && events.reduce(reduce, initialView()),
  };
}

/** What the cluster shall be, and what the last run that succeeded has brought it to. */
export function clusterSpecs(world: World, nameOrId: string) {
  const { id, spec } = clusterNamed(world, nameOrId);
  const brought = documentsOf(world, id, ({ operation, state }) => operation !== 'remove' && state === 'succeeded');
  return { spec, applied: brought.next().value?.spec };
}

export function listRuns(world: World, nameOrId: string | undefined): readonly RunSummary[] {
  const record = clusterNamed(world, nameOrId);
  return world.store.runs.list(record.id).map((run) => runSummary(run, record));
}

export interface LogSelection {
  readonly cluster?: string;
  readonly run?: string;
  readonly step?: string;
  readonly follow: boolean;
}

export async function readLogs(
  world: World,
  which: LogSelection,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const { store } = world;
  const run =
    which.run === undefined ? store.runs.last(clusterNamed(world, which.cluster).id) : store.runs.find(which.run);
  if (!run) throw runErrors.unknown({ run: which.run ?? which.cluster ?? 'the last one' });
  const query = { step: which.step };
  if (!which.follow) {
    for (const line of (await store.readLog(run.runId, query)).lines) onLine(line);
    return;
  }
  using end = runEnd(world, run.runId, signal);
  // Told to stop, it reads once more, so the last lines of a run that has just ended are not lost.
  for await (const line of store.followLog(run.runId, query, end.signal)) onLine(line);
}

/** The only cluster when none is named. @throws `run.cluster_not_named`, `store.cluster_unknown` */
export function clusterNamed({ store }: World, nameOrId: string | undefined): ClusterRecord {
  if (nameOrId !== undefined) return store.clusters.get(nameOrId);
  const [only, ...others] = store.clusters.list();
  if (only && others.length === 0) return only;
  const clusters = store.clusters.list().map(({ name }) => name);
  throw runErrors.cluster_not_named({ clusters: clusters.join(', ') || 'none yet' });
}

export function listReleases(): readonly ReleaseSummary[] {
  return releases.map((release) => ({
    version: release.version,
    isDefault: release.version === defaultRelease.version,
    endOfSupport: release.endOfSupport,
    legacy: release.legacy,
    images: { ...findRelease(release.version).images },
  }));
}

/** Given ones and those of the pools, made or not: a machine that was not made yet may have no address. */
function machinesOf({ store }: World, { id, name, spec }: ClusterRecord): readonly MachineSpec[] {
  return [...spec.spec.machines, ...expandPools({ id, name, spec: spec.spec }, store.viewOf(id).vms())];
}

function summaryOf(world: World, record: ClusterRecord): ClusterSummary {
  const { store } = world;
  const run = store.runs.last(record.id);
  return {
    id: record.id,
    name: record.name,
    release: record.release,
    machines: machinesOf(world, record).length,
    lastRun: run && runSummary(run, record),
  };
}

export function runSummary(run: RunRecord, cluster: Pick<ClusterRecord, 'name'>): RunSummary {
  const { runId, clusterId, operation, state, startedAt, endedAt } = run;
  return { runId, clusterId, clusterName: cluster.name, operation, state, startedAt, endedAt };
}
