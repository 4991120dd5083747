import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveCluster } from '#main/api/runs/live-cluster.ts';
import type { Cluster, ClusterRun } from '#main/cluster/cluster.ts';
import type { InventoryPort } from '#main/cluster/ports.ts';
import { createPhases, planCreate, vcenterPhases } from '#main/cluster/operations/create.ts';
import { planRemove, removePhases } from '#main/cluster/operations/remove.ts';
import { proposeRecords } from '#main/cluster/provision/propose.ts';
import type { VmRecord } from '#main/cluster/provision/vm-record.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';
import type { VspherePort } from '#main/cluster/vsphere-port.ts';
import type { Phase } from '#main/engine/phase.ts';
import type { Plan } from '#main/engine/plan.ts';
import { defaultRetry, type RetryPolicy } from '#main/engine/retry.ts';
import { resumeRun, runPlan, type RunEnd } from '#main/engine/runner.ts';
import { nodeKeys } from '#main/secrets/keys.ts';
import { createRedactor } from '#main/secrets/redactor.ts';
import { openVault } from '#main/secrets/vault.ts';
import { Store } from '#main/store/store.ts';
import { openVsphere } from '#main/vsphere/adapter.ts';
import { Vcenter, type VcenterOptions } from '#main/vsphere/client/vcenter.ts';
import type { Json } from '#shared/json.ts';
import type { Artefact, RunEvent } from '#shared/run/events.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import type { MachinePoolInput, NodeTemplateInput } from '#shared/spec/node-template.ts';
import { makeWorld } from '#test/fakes/world/world.ts';
import { machineTemplate } from '#test/lab/vcenter/vcenter.ts';
import { systemClock } from './clock.ts';
import { signal } from './open.ts';

const release = 'v1.36.3';
const phases: ReadonlyMap<string, Phase<ClusterRun, Json>> = new Map(
  [...createPhases, ...removePhases].map((phase) => [phase.id, phase as unknown as Phase<ClusterRun, Json>]),
);
const inVcenter: readonly string[] = vcenterPhases.map(({ id }) => id);

/** A spec whose machines are made from the lab's template: cluster id `c-<name>`. */
export function specOfPools(
  name: string,
  pools: readonly MachinePoolInput[],
  template: Partial<NodeTemplateInput> = {},
): ClusterSpec {
  return parseSpec({
    apiVersion: 'slipway.dev/v1',
    kind: 'Cluster',
    metadata: { name },
    spec: {
      vsphere: { credential: 'lab' },
      templates: [
        {
          name: 'small',
          source: { vm: machineTemplate.path },
          pool: '/DC0/host/DC0_C0/Resources',
          datastore: 'LocalDS_0',
          folder: `/DC0/vm/slipway/${name}`,
          networks: [{ network: machineTemplate.network }],
          ...template,
        },
      ],
      pools: [...pools],
    },
  });
}

export interface Ended extends RunEnd {
  readonly runId: string;
  readonly events: readonly RunEvent[];
}

export interface PipelineOptions {
  /** As many attempts as the product makes, with short waits between them, when left out. */
  readonly retry?: RetryPolicy;
  /** Of machines that are powered on; every first boot is over at once when left out. */
  readonly bootState?: ClusterRun['machines']['bootState'];
  readonly onEvent?: (event: RunEvent) => void;
}

/**
 * What of a create happens in vCenter, against a real one: engine, store, phases, adapter and client are the product's.
 * What is on the machines is made up, for those on paper have none behind them.
 */
export class Pipeline implements Disposable {
  readonly #vcenter: VcenterOptions;
  readonly #spec: ClusterSpec;
  readonly #store: Store;
  readonly #clusterId: string;
  readonly #redactor = createRedactor();
  readonly #options: PipelineOptions;
  readonly home: string;

  /** @param home A folder of its own; one that an earlier process has left goes on where that was. */
  constructor(vcenter: VcenterOptions, spec: ClusterSpec, home: string, options: PipelineOptions = {}) {
    this.#vcenter = vcenter;
    this.#spec = spec;
    this.home = home;
    this.#options = options;
    const redaction = this.#redactor;
    this.#store = new Store({
      home,
      openVault: () => openVault({ home, passphraseFile: join(home, 'passphrase') }),
      redaction,
      label: 'test',
      heartbeatLimitMs: 20_000,
    });
    const { clusters } = this.#store;
    const known = clusters.find(spec.metadata.name) ?? clusters.create({ spec, release });
    this.#clusterId = known.id;
  }

  static async open(vcenter: VcenterOptions, spec: ClusterSpec, options: PipelineOptions = {}): Promise<Pipeline> {
    return new Pipeline(vcenter, spec, await newHome(), options);
  }

  /** What is known of the machines now. */
  get records(): ReadonlyMap<string, VmRecord> {
    return this.#store.viewOf(this.#clusterId).vms();
  }

  /** What is said to exist in vCenter because of this cluster, sorted. */
  get artefacts(): readonly Artefact[] {
    return this.#store.viewOf(this.#clusterId).artefacts();
  }

  /** Opened from the vault. */
  secret(name: string): Promise<string | undefined> {
    return this.#inventory().secret(name);
  }

  create(cancel?: AbortSignal): Promise<Ended> {
    return this.#run((cluster) => {
      const plan = planCreate(cluster, { joined: new Set() });
      const steps = plan.steps.filter(({ phase }) => inVcenter.includes(phase));
      return { ...plan, steps, phases: plan.phases.filter(({ id }) => inVcenter.includes(id)) };
    }, cancel);
  }

  remove(cancel?: AbortSignal): Promise<Ended> {
    return this.#run(planRemove, cancel);
  }

  /** The last run, which was interrupted. */
  resume(): Promise<Ended> {
    const last = this.#store.runs.last(this.#clusterId);
    if (!last) throw new Error('There is no run.');
    return this.#run(undefined, signal, last.runId);
  }

  async #run(
    planOf: ((cluster: Cluster) => Plan) | undefined,
    cancel = signal,
    runId = `run-${randomUUID()}`,
  ): Promise<Ended> {
    await using vcenter = await Vcenter.open(this.#vcenter, signal);
    await using vsphere = openVsphere({ vcenter, limits: { clones: 50, clonesPerDatastore: 50 }, clock: systemClock });
    const { run } = this.#ports(vsphere, runId);
    const { journal, leases } = this.#store;
    using log = this.#store.openLog(runId);
    const options = {
      phases,
      ports: run,
      journal,
      leases,
      clock: systemClock,
      random: Math.random,
      meter: { start: () => ({ end: () => ({ peakRssBytes: 0, eventLoopDelayP99Ms: 0 }) }) },
      concurrency: { machines: 50 },
      retry: this.#options.retry ?? { ...defaultRetry, firstDelayMs: 20, longestDelayMs: 200 },
      signals: { cancel, leave: signal },
      onEvent: this.#options.onEvent ?? (() => undefined),
      onLog: (step: string, line: string) => log.write({ at: Date.now(), step, line }),
    };
    const id = { runId, clusterId: this.#clusterId };
    const end = planOf
      ? await runPlan({ ...options, run: { ...id, document: null }, plan: planOf(run.cluster) })
      : await resumeRun({ ...options, run: id });
    return { ...end, runId, events: journal.load(runId)?.events ?? [] };
  }

  #ports(vsphere: VspherePort, runId: string): { readonly run: ClusterRun } {
    const id = this.#clusterId;
    const build = (records: ReadonlyMap<string, VmRecord>): Cluster =>
      buildCluster(id, this.#spec, findRelease(release), records);
    const live = liveCluster(build, proposeRecords(id, this.#spec, this.records, new Set()));
    const { ports } = makeWorld(live.current(), systemClock);
    const run: ClusterRun = {
      ...ports,
      get cluster() {
        return live.current();
      },
      runId,
      vsphere,
      inventory: live.watching(this.#inventory()),
      machines: { ...ports.machines, bootState: this.#options.bootState ?? (async () => ({ kind: 'done' })) },
      keys: nodeKeys(),
    };
    return { run };
  }

  #inventory(): InventoryPort {
    return this.#store.inventoryFor(this.#clusterId, () => Promise.reject(new Error('no secret is needed')));
  }

  [Symbol.dispose](): void {
    this.#store.close();
  }
}

let homes: string | undefined;

/** With a passphrase for the vault. What a process leaves here, the next one takes away. */
export async function newHome(): Promise<string> {
  homes ??= makeHomes();
  const home = await mkdtemp(join(homes, 'home-'));
  await writeFile(join(home, 'passphrase'), 'correct horse battery staple', { mode: 0o600 });
  return home;
}

function makeHomes(): string {
  const prefix = 'slipway-vsphere-';
  for (const left of readdirSync(tmpdir()).filter((name) => name.startsWith(prefix))) {
    if (!existsSync(`/proc/${left.slice(prefix.length)}`))
      rmSync(join(tmpdir(), left), { recursive: true, force: true });
  }
  const folder = join(tmpdir(), `${prefix}${String(process.pid)}`);
  mkdirSync(folder, { mode: 0o700, recursive: true });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
