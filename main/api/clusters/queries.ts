import { X509Certificate } from 'node:crypto';
import { expandPools } from '#main/cluster/provision/pools.ts';
import type { ClusterRecord } from '#main/store/inventory/clusters.ts';
import type { Json } from '#shared/json.ts';
import type { Artefact } from '#shared/run/events.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import type { RunView } from '#shared/run/view.ts';
import type { MachineSpec } from '#shared/spec/cluster.ts';
import { documentsOf } from '#main/api/runs/run-documents.ts';
import { type RunSummary, runSummary } from '#main/api/runs/run-summary.ts';
import type { World } from '#main/api/world.ts';
import { clusterNamed } from './cluster-named.ts';

export interface ClusterSummary {
  readonly id: string;
  readonly name: string;
  readonly release: string;
  readonly machines: number;
  readonly lastRun: RunSummary | undefined;
}

export interface ClusterStatus {
  readonly cluster: ClusterSummary;
  readonly machines: readonly {
    readonly name: string;
    readonly address: string;
    readonly roles: readonly string[];
    readonly facts: Json;
  }[];
  readonly certificates: readonly { readonly name: string; readonly notAfter: string }[];
  readonly status: Readonly<Record<string, Json>>;
  /** What exists on the machines because of it, by kind and key. */
  readonly exists: readonly Artefact[];
  readonly view: RunView | undefined;
}

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

/** Newest first. */
export function listRuns(world: World, nameOrId: string | undefined): readonly RunSummary[] {
  const record = clusterNamed(world, nameOrId);
  return world.store.runs.list(record.id).map((run) => runSummary(run, record));
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
