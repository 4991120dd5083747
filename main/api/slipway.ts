/** What the composition roots (cli, later web and electron) call. Thin: parse → engine or store → result. */
import type { Plan } from '#main/engine/plan.ts';
import type { RemoveOptions } from '#main/cluster/operations/remove.ts';
import type { StepForecast } from '#main/engine/preview.ts';
import type { ErrorData } from '#shared/errors/define.ts';
import type { Json } from '#shared/json.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import type { Artefact, RunEvent, RunOutcome } from '#shared/run/events.ts';
import type { RunView } from '#shared/run/view.ts';
import type { ActiveRun } from './runs/active-runs.ts';
import type { ChoiceKind, VsphereChoice } from './vsphere/choices.ts';
import type { CredentialsApi } from './saved/credentials.ts';
import type { DiagnosticsApi } from './diagnostics/diagnostics.ts';
import type { DraftsApi } from './saved/drafts.ts';
import type { Estimate } from './planning/estimate/estimate.ts';
import type { NumberedLines, RunChange } from './runs/follow-run.ts';
import type { Orphan, OrphanRemoval } from './vsphere/orphans.ts';
import type { PlanFinding } from './planning/plan-findings.ts';
import type { ClusterHealth } from './clusters/health.ts';
import type { Makes } from './planning/plan-makes.ts';
import type { PoolSummary } from './vsphere/pools.ts';
import type { ProfilesApi } from './saved/profiles.ts';
import type { SecretsApi } from './saved/secrets.ts';
import type { SettingsApi } from './saved/settings.ts';
import type { TemplatesApi } from './saved/templates.ts';

export interface ClusterSummary {
  readonly id: string;
  readonly name: string;
  readonly release: string;
  readonly machines: number;
  readonly lastRun: RunSummary | undefined;
}

export interface RunSummary {
  readonly runId: string;
  readonly clusterId: string;
  readonly clusterName: string;
  readonly operation: string;
  /** `interrupted`: no end was journaled and nobody drives it any more; `slipway resume` continues it. */
  readonly state: 'running' | 'interrupted' | RunOutcome;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

/** A machine whose host key nobody gave: shown for approval on first use. */
export interface UnknownHostKey {
  readonly machine: string;
  readonly address: string;
  readonly keyType: string;
  readonly fingerprint: string;
}

export interface Interaction {
  /** All unknown host keys of all machines at once. Answers whether they are to be pinned. */
  approveHostKeys(keys: readonly UnknownHostKey[]): Promise<boolean>;
}

/** How the caller stops a run: `cancel` is cooperative, `leave` stops driving at once so that it can be resumed. */
export interface RunControl {
  readonly cancel: AbortSignal;
  readonly leave: AbortSignal;
}

export interface RunResult {
  readonly runId: string;
  readonly outcome: RunOutcome | 'left';
  readonly view: RunView;
  /** What exists on the machines because of this cluster, by kind and key. */
  readonly exists: readonly Artefact[];
}

export interface RunObserver {
  /** Called once, before the first event. `watching`: somebody else drives it, we only follow. */
  started(run: { readonly runId: string; readonly clusterId: string; readonly watching: boolean }): void;
  event(event: RunEvent, view: RunView): void;
  log(step: string, line: string): void;
}

export interface LogLine {
  readonly at: number;
  readonly step: string;
  readonly line: string;
}

export interface ReleaseSummary {
  readonly version: string;
  readonly isDefault: boolean;
  readonly endOfSupport: string;
  readonly legacy: boolean;
  readonly images: Readonly<Record<string, string>>;
}

/** A cluster spec as it was given. */
export interface SpecSource {
  /** YAML or JSON. */
  readonly text: string;
  /** Where relative paths in it (`file:` references, add-on files) start: the folder of the spec file. */
  readonly folder: string;
}

export interface PlanResult {
  readonly clusterId: string | undefined;
  readonly plan: Plan;
  /** One per step, in the plan's order. */
  readonly preview: readonly StepForecast[];
  readonly warnings: readonly string[];
  /** What the look found wrong, errors first. */
  readonly findings: readonly PlanFinding[];
  readonly makes: Makes;
  readonly estimate: Estimate;
}

export interface RemovalPlan {
  readonly steps: Plan['steps'];
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

/** What is in the vCenter of a cloud credential. */
export interface VsphereApi {
  /** @param wanted `search`: every word of it is somewhere in the path; '' for all. */
  choices(
    credential: string,
    wanted: { readonly kinds: readonly ChoiceKind[]; readonly search: string },
    signal: AbortSignal,
  ): Promise<readonly VsphereChoice[]>;
  /** What carries our tag or annotation and belongs to no cluster of this inventory. */
  orphans(credential: string, signal: AbortSignal): Promise<readonly Orphan[]>;
  /** Of what `orphans` answered, and only what still is one. */
  removeOrphans(credential: string, chosen: readonly Orphan[], signal: AbortSignal): Promise<OrphanRemoval>;
}

export interface Slipway extends AsyncDisposable {
  /** Answers the cluster's name, too. @throws `spec.unreadable`; `spec.invalid` with every problem in its chain. */
  readSpec(source: SpecSource): Promise<{ readonly name: string; readonly warnings: readonly string[] }>;
  /** With every default, however its parts fit together. @throws `spec.unreadable`, `spec.invalid` */
  outline(text: string): ClusterSpec;
  plan(source: SpecSource, interaction: Interaction, signal: AbortSignal): Promise<PlanResult>;
  /** Creates or brings up to date. A spec of a known cluster name continues that cluster. */
  up(source: SpecSource, interaction: Interaction, observer: RunObserver, control: RunControl): Promise<RunResult>;
  /** Continues an interrupted, failed or left run (the cluster's last one when `run` is left out). */
  resume(
    which: { readonly cluster?: string; readonly run?: string },
    interaction: Interaction,
    observer: RunObserver,
    control: RunControl,
  ): Promise<RunResult>;
  /** What `down` would remove. Asks nobody. */
  planDown(cluster: string | undefined): Promise<RemovalPlan>;
  /**
   * Removes what was made for a cluster and cleans the machines that were there before; then what the inventory knows of
   * it. @throws `run.busy`
   */
  down(
    cluster: string | undefined,
    options: RemoveOptions,
    interaction: Interaction,
    observer: RunObserver,
    control: RunControl,
  ): Promise<RunResult>;
  /** Asks the process that drives it to cancel. Answers false when nobody drives it. */
  cancel(cluster: string | undefined): Promise<boolean>;
  clusters(): Promise<readonly ClusterSummary[]>;
  status(cluster: string | undefined): Promise<ClusterStatus>;
  /**
   * The spec as the inventory keeps it, with all defaults, and that of the last run that brought the cluster to its spec.
   * @throws `store.cluster_unknown`
   */
  spec(cluster: string): Promise<{ readonly spec: ClusterSpec; readonly applied: ClusterSpec | undefined }>;
  /** See `clusterHealth`. */
  health(cluster: string, signal: AbortSignal): Promise<ClusterHealth>;
  runs(cluster: string | undefined): Promise<readonly RunSummary[]>;
  /** Those that anybody drives; see `followActiveRuns`. */
  activeRuns(signal: AbortSignal): AsyncIterable<readonly ActiveRun[]>;
  /** A run that anybody drives, to its end; see `followRun`. @throws `run.unknown` */
  watch(which: { readonly runId: string; readonly after: number }, signal: AbortSignal): AsyncIterable<RunChange>;
  /** Its log in numbered batches, to its end; see `followRunLog`. @throws `run.unknown` */
  followLog(
    which: { readonly runId: string; readonly step: string | undefined; readonly after: number },
    signal: AbortSignal,
  ): AsyncIterable<NumberedLines>;
  /** Follows the run to its end when `follow` is set. */
  logs(
    which: { readonly cluster?: string; readonly run?: string; readonly step?: string; readonly follow: boolean },
    onLine: (line: LogLine) => void,
    signal: AbortSignal,
  ): Promise<void>;
  kubeconfig(cluster: string | undefined): Promise<string>;
  /** Merges into the file (default ~/.kube/config) without losing anything in it; answers the context's name. */
  mergeKubeconfig(
    cluster: string | undefined,
    path: string,
    options: { readonly switchContext: boolean },
  ): Promise<string>;
  readonly credentials: CredentialsApi;
  readonly templates: TemplatesApi;
  readonly vsphere: VsphereApi;
  readonly profiles: ProfilesApi;
  readonly drafts: DraftsApi;
  readonly secrets: SecretsApi;
  readonly settings: SettingsApi;
  readonly diagnostics: DiagnosticsApi;
  /** Machine pools of one cluster, or of all. */
  pools(cluster: string | undefined): Promise<readonly PoolSummary[]>;
  releases(): readonly ReleaseSummary[];
  /** The inventory's folder. */
  readonly home: string;
  /** The text without any secret that this process has seen. For what is logged. */
  redact(text: string): string;
}

export type { ErrorData };
