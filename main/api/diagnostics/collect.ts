import { arch, platform, release, totalmem } from 'node:os';
import { stringify } from 'yaml';
import { withoutSecrets } from '#main/secrets/without-secrets.ts';
import type { ClusterRecord } from '#main/store/inventory/clusters.ts';
import { type ErrorData, errorData } from '#shared/errors/define.ts';
import type { Json } from '#shared/json.ts';
import { stepsOf } from '#shared/run/view.ts';
import { clusterNamed } from '#main/api/clusters/cluster-named.ts';
import { clusterStatus, listRuns } from '#main/api/clusters/queries.ts';
import type { RunSummary } from '#main/api/runs/run-summary.ts';
import type { RunViews } from '#main/api/runs/run-views.ts';
import type { World } from '../world.ts';
import { plainJson, specToShow } from './redact-file.ts';

/** What somebody who helps wants to see, without secrets. */
export interface Diagnostics {
  readonly files: readonly DiagnosticFile[];
  /** What is not in it and why, one sentence each. */
  readonly leftOut: readonly string[];
}

export interface DiagnosticFile {
  /** Relative path with `/`. */
  readonly name: string;
  readonly text: string;
}

export interface DiagnosticsWish {
  /** Of all clusters when left out. */
  readonly cluster: string | undefined;
  readonly productVersion: string;
}

const newestRuns = 3;
const logTailBytes = 256 * 1024;

/** @throws `store.cluster_unknown`, the signal's reason */
export async function collectDiagnostics(
  world: World,
  views: RunViews,
  { cluster, productVersion }: DiagnosticsWish,
  signal: AbortSignal,
): Promise<Diagnostics> {
  const { store } = world;
  const clusters = cluster === undefined ? store.clusters.list() : [clusterNamed(world, cluster)];
  const locked = await lockedVault(world);
  const files: DiagnosticFile[] = [
    json('about.json', aboutProduct(world, productVersion)),
    json('settings.json', withoutSecrets(plainJson(store.preferences.get()))),
    json(
      'credentials.json',
      store.credentials.list().map(({ name, kind, trust }) => ({ name, kind, trust: trust.kind })),
    ),
  ];
  for (const record of clusters) {
    files.push(...clusterFiles(world, record, !locked));
    for (const run of listRuns(world, record.id).slice(0, newestRuns)) {
      files.push(...(await runFiles(world, views, { record, run, withText: !locked }, signal)));
      signal.throwIfAborted();
    }
  }
  return {
    files: files.map(({ name, text }) => ({ name, text: world.redactor.redact(text) })),
    leftOut: [
      'All secrets: passwords, private keys, tokens and kubeconfigs, by value and by name.',
      'Addresses and users of cloud credentials; node templates; profiles and drafts.',
      'Manifests, cloud-init and arguments of your own that stand in a spec.',
      `Runs before the newest ${String(newestRuns)} of a cluster, and all but the last ${String(logTailBytes / 1024)} KiB of their logs.`,
      ...(locked
        ? [
            `Logs, errors and what runs recorded of the cluster: the secrets to look for in them could not be read. ${locked.cause}`,
          ]
        : []),
    ],
  };
}

/** So that the redactor knows all secrets, not only those that this process has used. Why not, when that cannot be. */
async function lockedVault({ store }: World): Promise<ErrorData | undefined> {
  try {
    await store.sealed.tellAll();
    return undefined;
  } catch (thrown) {
    return errorData(thrown);
  }
}

function aboutProduct({ clock, store }: World, product: string): Json {
  return {
    at: new Date(clock.now()).toISOString(),
    product,
    node: process.version,
    system: {
      platform: platform(),
      release: release(),
      architecture: arch(),
      memoryMiB: Math.round(totalmem() / 2 ** 20),
    },
    migrations: store.applied.map(({ name }) => name),
  };
}

function clusterFiles(world: World, record: ClusterRecord, withText: boolean): readonly DiagnosticFile[] {
  const { view: _inItsOwnFile, status: texts, ...known } = clusterStatus(world, record.id);
  const status = { ...known, ...(withText ? { status: texts } : {}) };
  const folder = `clusters/${record.name}`;
  return [
    { name: `${folder}/spec.yaml`, text: stringify(specToShow(record.spec)) },
    json(`${folder}/status.json`, withoutSecrets(plainJson(status))),
    json(`${folder}/runs.json`, plainJson(listRuns(world, record.id))),
  ];
}

async function runFiles(
  { store }: World,
  views: RunViews,
  of: { readonly record: ClusterRecord; readonly run: RunSummary; readonly withText: boolean },
  signal: AbortSignal,
): Promise<readonly DiagnosticFile[]> {
  const { runId } = of.run;
  const folder = `clusters/${of.record.name}/${runId}`;
  const view = await views.current(runId, signal);
  const { plan: _large, stepChunks: _below, ...summary } = view;
  const steps = stepsOf(view).map((step) => {
    const times = 'startedAt' in step ? { startedAt: step.startedAt } : {};
    const end = 'endedAt' in step ? { endedAt: step.endedAt } : {};
    return { id: step.id, status: step.status, applied: step.applied, ...times, ...end };
  });
  const run = json(`${folder}/run.json`, withoutSecrets(plainJson({ ...summary, steps })));
  if (!of.withText) return [run];
  const errors = stepsOf(view).flatMap((step) => ('error' in step ? [{ step: step.id, error: step.error }] : []));
  const { lines } = await store.readLogTail(runId, logTailBytes);
  const log = lines.map(({ at, step, line }) => `${new Date(at).toISOString()} ${step}: ${line}\n`).join('');
  return [
    run,
    json(`${folder}/errors.json`, withoutSecrets(plainJson(errors))),
    { name: `${folder}/log.txt`, text: log },
  ];
}

function json(name: string, value: Json): DiagnosticFile {
  return { name, text: `${JSON.stringify(value, undefined, 2)}\n` };
}
