import { randomBytes } from 'node:crypto';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import type { Cluster, ClusterRun } from '#main/cluster/cluster.ts';
import type { InventoryPort } from '#main/cluster/ports.ts';
import { createPhases } from '#main/cluster/operations/create.ts';
import { removePhases } from '#main/cluster/operations/remove.ts';
import { keyPair } from '#main/cluster/provision/key-pairs.ts';
import { userKeySecret } from '#main/cluster/provision/names.ts';
import { proposeRecords } from '#main/cluster/provision/propose.ts';
import { machineKeyReference } from '#main/cluster/provision/pools.ts';
import type { VmRecord } from '#main/cluster/provision/vm-record.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import type { Concurrency } from '#main/engine/lanes.ts';
import type { Phase } from '#main/engine/phase.ts';
import type { RunEnd, RunnerOptions } from '#main/engine/runner.ts';
import type { KnownHosts } from '#main/machines/ssh/known-hosts.ts';
import { secretResolver } from '#main/secrets/resolve.ts';
import { hasCode } from '#shared/errors/define.ts';
import { runErrors } from '#shared/errors/run.ts';
import type { Json } from '#shared/json.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import type { RunView } from '#shared/run/view.ts';
import { type ClusterSession, type ClusterSessionOptions, openClusterSession } from './cluster-session.ts';
import type { RunDocument } from './run-document.ts';
import type { RunControl, RunObserver, RunResult } from './driving.ts';
import type { Interaction } from './interaction.ts';
import { openVsphereOf } from '#main/api/vsphere/port.ts';
import type { World } from '#main/api/world.ts';
import { watchRun } from './watch-run.ts';

export const phases: ReadonlyMap<string, Phase<ClusterRun, Json>> = new Map(
  [...createPhases, ...removePhases].map((phase) => [phase.id, phase as Phase<ClusterRun, Json>]),
);

/** What a session is opened for: the document, and the machines that are known or proposed. */
export interface Machines {
  readonly clusterId: string;
  readonly document: RunDocument;
  readonly build: (records: ReadonlyMap<string, VmRecord>) => Cluster;
  readonly records: ReadonlyMap<string, VmRecord>;
}

/**
 * The machines that are known, and those that the spec's pools still lack.
 * @throws `spec.too_few_addresses`
 */
export function machinesOf({ store }: World, clusterId: string, document: RunDocument): Machines {
  const known = store.viewOf(clusterId).vms();
  const records = proposeRecords(clusterId, document.spec, known, store.assignedAddresses(clusterId));
  return { ...knownMachines(store, clusterId, document), records };
}

/** Only those that were ever begun. */
export function knownMachines(store: World['store'], clusterId: string, document: RunDocument): Machines {
  const release = findRelease(document.release);
  const build: Machines['build'] = (records) => buildCluster(clusterId, document.spec, release, records);
  return { clusterId, document, build, records: store.viewOf(clusterId).vms() };
}

export interface Driven {
  readonly runId: string;
  readonly machines: Machines;
  readonly interaction: Interaction;
  readonly observer: RunObserver;
  readonly control: RunControl;
}

/** What the engine is to do: begin with a plan, or go on. */
export type Drive = (options: RunnerOptions<ClusterRun>) => Promise<RunEnd>;

export async function driveRun(world: World, driven: Driven, drive: Drive): Promise<RunResult> {
  const { runId, machines, observer, control } = driven;
  const { clusterId } = machines;
  const { store, clock } = world;
  using log = store.openLog(runId);
  await using session = await openSession(
    world,
    machines,
    driven.interaction,
    runId,
    AbortSignal.any([control.cancel, control.leave]),
  );
  observer.started({ runId, clusterId, watching: false });
  // Not awaited: certificates and other local work may begin while machines are still being connected.
  const connected = session.connectAll(AbortSignal.any([control.cancel, control.leave]));
  let view: RunView = (store.journal.load(runId)?.events ?? []).reduce(reduce, initialView());
  const stop = cancelWhenAsked(world, clusterId, runId, control);
  try {
    const end = await drive({
      phases,
      ports: session.run,
      journal: store.journal,
      leases: store.leases,
      meter: world.meter,
      clock,
      random: world.random,
      concurrency: limitsFor(session.run.cluster),
      onEvent: (event) => {
        view = reduce(view, event);
        observer.event(event, view);
      },
      onLog: (step, line) => {
        log.write({ at: clock.now(), step, line });
        observer.log(step, world.redactor.redact(line));
      },
      signals: { cancel: stop.signal, leave: control.leave },
    });
    return { runId, ...end, exists: store.viewOf(clusterId).artefacts() };
  } catch (thrown) {
    // Somebody else was quicker between our look and the lease.
    if (!hasCode(thrown, 'engine.lease_held')) throw thrown;
    const current = store.leases.current(clusterId);
    if (!current) throw thrown;
    return await watchRun(world, { runId: current.runId, clusterId }, observer, control);
  } finally {
    stop.end();
    await connected;
  }
}

/** How many steps a run of this cluster works on at once. */
export function limitsFor({ spec: { concurrency } }: Cluster): Concurrency {
  return { machines: concurrency.machines, phases: { 'pull-images': concurrency.pulls } };
}

const cancelLookMs = 500;

/** `slipway cancel` in another process leaves its wish in the lease; the one who drives looks for it. */
function cancelWhenAsked(
  { store, clock }: World,
  clusterId: string,
  runId: string,
  control: RunControl,
): { readonly signal: AbortSignal; end(): void } {
  const asked = new AbortController();
  const ended = new AbortController();
  const look = async (): Promise<void> => {
    while (!asked.signal.aborted) {
      await clock.sleep(cancelLookMs, ended.signal);
      if (store.leases.cancelRequested(clusterId, runId)) asked.abort(runErrors.cancel_asked({ run: runId }));
    }
  };
  look().catch(() => undefined); // ended
  return { signal: AbortSignal.any([control.cancel, asked.signal]), end: () => ended.abort() };
}

/** @throws what logging in to the spec's vCenter throws. */
export async function openSession(
  world: World,
  machines: Machines,
  interaction: Interaction,
  runId: string,
  signal: AbortSignal,
): Promise<ClusterSession> {
  const { vsphere } = machines.document.spec.spec;
  const port = vsphere && (await openVsphereOf(world, vsphere, signal));
  return openLook(world, machines, { interaction, runId, vsphere: port });
}

export type LookOptions = Pick<ClusterSessionOptions, 'interaction' | 'runId' | 'certificatesAsOf'> & {
  readonly vsphere?: ClusterSessionOptions['vsphere'];
};

/** Of machines that are there: without a vCenter unless one is given. Connects to nobody yet. */
export function openLook(
  world: World,
  { clusterId, document, build, records }: Machines,
  { vsphere, ...options }: LookOptions,
): ClusterSession {
  const { store } = world;
  const isMachineKey = (name: string): boolean => `vault:${name}` === machineKeyReference(clusterId);
  const resolveSecret = secretResolver({
    named: (name) => (isMachineKey(name) ? machineKey() : store.secrets.get(name)),
    env: world.env,
    baseFolder: document.folder,
    onSecret: (value) => world.redactor.register(value),
  });
  const machineKey = async (): Promise<string | undefined> => (await keyPair(inventory, userKeySecret))?.privateKey;
  const inventory: InventoryPort = store.inventoryFor(clusterId, resolveSecret);
  return openClusterSession({
    ...options,
    build,
    records,
    vsphere,
    inventory,
    knownHosts: pinnedKeys(world),
    clock: world.clock,
    folder: document.folder,
  });
}

function pinnedKeys({ store }: World): KnownHosts {
  return {
    find: (address, port) => store.knownHosts.find(address, port)?.hostKey,
    pin: (address, port, hostKey, approval) => store.knownHosts.pin([{ address, port, hostKey, approval }]),
  };
}

/** Sortable by start; random enough for two processes at once. */
export function newRunId({ clock }: World): string {
  const time = new Date(clock.now()).toISOString().replace(/[-:]/g, '').slice(0, 15).toLowerCase();
  return `run-${time}-${randomBytes(3).toString('hex')}`;
}
