import type { RemoveOptions } from '#main/cluster/operations/remove.ts';
import type { LogLine } from '#main/store/runs/run-log.ts';
import type { ClusterSpec } from '#shared/spec/cluster.ts';
import type { ClusterHealth } from './clusters/health.ts';
import type { ClusterStatus, ClusterSummary } from './clusters/queries.ts';
import type { ReleaseSummary } from './clusters/releases.ts';
import type { DiagnosticsApi } from './diagnostics/diagnostics.ts';
import type { ActiveRun } from './runs/active-runs.ts';
import type { RunControl, RunObserver, RunResult } from './runs/driving.ts';
import type { NumberedLines, RunChange } from './runs/follow-run.ts';
import type { Interaction } from './runs/interaction.ts';
import type { PlanResult } from './runs/plan-run.ts';
import type { LogSelection } from './runs/read-logs.ts';
import type { RemovalPlan } from './runs/removal.ts';
import type { SpecSource } from './runs/run-document.ts';
import type { RunSummary } from './runs/run-summary.ts';
import type { CredentialsApi } from './saved/credentials.ts';
import type { DraftsApi } from './saved/drafts.ts';
import type { ProfilesApi } from './saved/profiles.ts';
import type { SecretsApi } from './saved/secrets.ts';
import type { SettingsApi } from './saved/settings.ts';
import type { TemplatesApi } from './saved/templates.ts';
import type { PoolSummary } from './vsphere/pools.ts';
import type { VsphereApi } from './vsphere/vsphere.ts';

/**
 * What the composition roots (cli, web, electron) call: the outermost interface, which nothing below it imports. Thin:
 * parse → engine or store → result.
 */
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
  logs(which: LogSelection, onLine: (line: LogLine) => void, signal: AbortSignal): Promise<void>;
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
