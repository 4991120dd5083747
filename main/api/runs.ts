import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { checkSpec } from '#main/cluster/spec/check-spec.ts';
import { invalidSpec, parseSpec } from '#main/cluster/spec/parse-spec.ts';
import type { Cluster } from '#main/cluster/cluster.ts';
import { createPhases, planCreate } from '#main/cluster/operations/create.ts';
import type { Release } from '#main/cluster/releases/release.ts';
import { defaultRelease, findRelease } from '#main/cluster/releases/catalogue.ts';
import type { Phase } from '#main/engine/phase.ts';
import { previewPlan } from '#main/engine/preview.ts';
import { resumeRun, type RunEnd, type RunnerOptions, runPlan } from '#main/engine/runner.ts';
import type { ClusterRun } from '#main/cluster/cluster.ts';
import type { KnownHosts } from '#main/machines/ssh/known-hosts.ts';
import { secretResolver } from '#main/secrets/resolve.ts';
import { type ErrorData, hasCode } from '#shared/errors/define.ts';
import { runErrors } from '#shared/errors/run.ts';
import type { Json } from '#shared/json.ts';
import { ClusterSpec } from '#shared/spec/cluster.ts';
import { initialView, reduce } from '#shared/run/reducer.ts';
import type { RunView } from '#shared/run/view.ts';
import { type ClusterSession, openClusterSession } from './cluster-session.ts';
import { joinedMachines } from './joined-machines.ts';
import { clusterNamed } from './queries.ts';
import type { Interaction, PlanResult, RunControl, RunObserver, RunResult, SpecSource } from './slipway.ts';
import type { World } from './world.ts';
import { watchRun } from './watch-run.ts';

/** What is journaled beside the plan: enough to build the ports again after a crash. */
const RunDocument = v.strictObject({ spec: ClusterSpec, release: v.string(), folder: v.string() });
type RunDocument = v.InferOutput<typeof RunDocument>;

const phases: ReadonlyMap<string, Phase<ClusterRun, Json>> = new Map(
  createPhases.map((phase) => [phase.id, phase as Phase<ClusterRun, Json>]),
);

/** @throws `spec.unreadable`, `spec.invalid` with every problem in its chain. */
export function readSpec({ text, folder }: SpecSource): {
  readonly document: RunDocument;
  readonly warnings: readonly string[];
} {
  const spec = parseSpec(text);
  const { release, problems } = releaseOf(spec);
  const { errors, warnings } = checkSpec(spec, release);
  // What another release makes of the arguments says nothing about the one that was meant.
  const others = problems.length > 0 ? errors.filter(({ code }) => code !== 'release.unknown_flag') : errors;
  if (problems.length + others.length > 0) throw invalidSpec([...problems, ...others]);
  return { document: { spec, release: release.version, folder }, warnings };
}

/** With an unknown one the default stands in, so that the other problems of the spec are named with it. */
function releaseOf({ spec }: ClusterSpec): { readonly release: Release; readonly problems: readonly ErrorData[] } {
  if (spec.release === undefined) return { release: defaultRelease, problems: [] };
  try {
    return { release: findRelease(spec.release), problems: [] };
  } catch (thrown) {
    if (!hasCode(thrown, 'release.unknown')) throw thrown;
    return { release: defaultRelease, problems: [thrown.data] };
  }
}

/** Looks at everything the plan would touch and changes nothing, not even the inventory. */
export async function planRun(
  world: World,
  source: SpecSource,
  interaction: Interaction,
  signal: AbortSignal,
): Promise<PlanResult> {
  const { document, warnings } = readSpec(source);
  const known = world.store.clusters.find(document.spec.metadata.name);
  const cluster = clusterOf(known?.id ?? 'c-new', document);
  const plan = planCreate(cluster, { joined: known ? joinedMachines(world.store, known.id) : new Set() });
  const found: string[] = [];
  await using session = openSession(world, cluster, document, interaction);
  await session.connectAll(signal);
  const preview = await previewPlan({
    plan,
    phases,
    ports: session.run,
    concurrency: { machines: cluster.spec.concurrency.machines },
    signal,
    onWarning: (_step, text) => found.push(text),
  });
  return { clusterId: known?.id, plan, preview, warnings: [...warnings, ...new Set(found)] };
}

export async function startRun(
  world: World,
  source: SpecSource,
  interaction: Interaction,
  observer: RunObserver,
  control: RunControl,
): Promise<RunResult> {
  const { document } = readSpec(source);
  const content = { spec: document.spec, release: document.release };
  const known = world.store.clusters.find(document.spec.metadata.name);
  const busy = known && world.store.leases.current(known.id);
  if (busy) return watchRun(world, { runId: busy.runId, clusterId: known.id }, observer, control);

  const record = known ?? world.store.clusters.create(content);
  const cluster = clusterOf(record.id, document);
  const runId = newRunId(world);
  const plan = planCreate(cluster, { joined: joinedMachines(world.store, record.id) });
  if (known) world.store.clusters.updateSpec(record.id, content);
  return driveRun(
    world,
    { runId, clusterId: record.id, document, cluster, interaction, observer, control },
    (options) => runPlan({ ...options, run: { runId, clusterId: record.id, document: toJson(document) }, plan }),
  );
}

/** Goes on with the run that is named, or with the cluster's last one. @throws `run.nothing_to_resume` */
export async function continueRun(
  world: World,
  which: { readonly cluster?: string; readonly run?: string },
  interaction: Interaction,
  observer: RunObserver,
  control: RunControl,
): Promise<RunResult> {
  const { store } = world;
  const record =
    which.run === undefined ? store.runs.last(clusterNamed(world, which.cluster).id) : store.runs.find(which.run);
  const journaled = record && store.journal.load(record.runId);
  if (!record || !journaled) throw runErrors.unknown({ run: which.run ?? which.cluster ?? 'the last one' });
  if (record.state === 'running') return watchRun(world, record, observer, control);
  if (record.state === 'succeeded') throw runErrors.nothing_to_resume({ run: record.runId });
  const document = v.parse(RunDocument, journaled.document);
  const { runId, clusterId } = record;
  const cluster = clusterOf(clusterId, document);
  return driveRun(world, { runId, clusterId, document, cluster, interaction, observer, control }, (options) =>
    resumeRun({ ...options, run: { runId, clusterId } }),
  );
}

interface Driven {
  readonly runId: string;
  readonly clusterId: string;
  readonly document: RunDocument;
  readonly cluster: Cluster;
  readonly interaction: Interaction;
  readonly observer: RunObserver;
  readonly control: RunControl;
}

async function driveRun(
  world: World,
  driven: Driven,
  drive: (options: RunnerOptions<ClusterRun>) => Promise<RunEnd>,
): Promise<RunResult> {
  const { runId, clusterId, cluster, observer, control } = driven;
  const { store, clock } = world;
  using log = store.openLog(runId);
  await using session = openSession(world, cluster, driven.document, driven.interaction);
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
      concurrency: {
        machines: cluster.spec.concurrency.machines,
        phases: { 'pull-images': cluster.spec.concurrency.pulls },
      },
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

function openSession(
  world: World,
  cluster: Cluster,
  { folder }: RunDocument,
  interaction: Interaction,
): ClusterSession {
  const resolveSecret = secretResolver({
    named: (name) => world.store.secrets.get(name),
    env: world.env,
    baseFolder: folder,
    onSecret: (value) => world.redactor.register(value),
  });
  const inventory = world.store.inventoryFor(cluster.id, resolveSecret);
  return openClusterSession({
    cluster,
    inventory,
    knownHosts: pinnedKeys(world),
    clock: world.clock,
    interaction,
    folder,
  });
}

function pinnedKeys({ store }: World): KnownHosts {
  return {
    find: (address, port) => store.knownHosts.find(address, port)?.hostKey,
    pin: (address, port, hostKey, approval) => store.knownHosts.pin([{ address, port, hostKey, approval }]),
  };
}

function clusterOf(id: string, document: RunDocument): Cluster {
  return buildCluster(id, document.spec, findRelease(document.release));
}

/** Sortable by start; random enough for two processes at once. */
function newRunId({ clock }: World): string {
  const time = new Date(clock.now()).toISOString().replace(/[-:]/g, '').slice(0, 15).toLowerCase();
  return `run-${time}-${randomBytes(3).toString('hex')}`;
}

/** Through text: what is journaled is exactly what a resume will read. */
function toJson(document: RunDocument): Json {
  return v.parse(RunDocument, JSON.parse(JSON.stringify(document)));
}
