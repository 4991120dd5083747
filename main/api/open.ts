import { kubeconfigNames } from '#main/cluster/kubeconfig/build.ts';
import { mergeKubeconfig } from '#main/cluster/kubeconfig/merge.ts';
import { buildCluster } from '#main/cluster/spec/build-cluster.ts';
import { parseSpec } from '#main/cluster/spec/parse-spec.ts';
import { findRelease } from '#main/cluster/releases/catalogue.ts';
import type { Clock } from '#main/engine/clock.ts';
import type { Meter } from '#main/engine/meter.ts';
import type { Random } from '#main/engine/retry.ts';
import { createRedactor } from '#main/secrets/redactor.ts';
import { openVault, type Vault } from '#main/secrets/vault.ts';
import { homeFolder } from '#main/store/home.ts';
import { kubeconfigFiles } from '#main/store/inventory/kubeconfig-files.ts';
import { Store } from '#main/store/store.ts';
import { runErrors } from '#shared/errors/run.ts';
import { followActiveRuns } from './runs/active-runs.ts';
import { credentialsApi } from './saved/credentials.ts';
import { diagnosticsApi } from './diagnostics/diagnostics.ts';
import { draftsApi } from './saved/drafts.ts';
import { clusterHealth, healthSessions } from './clusters/health.ts';
import { followRun, followRunLog } from './runs/follow-run.ts';
import { listPools } from './vsphere/pools.ts';
import { profilesApi } from './saved/profiles.ts';
import { clusterNamed } from './clusters/cluster-named.ts';
import { clusterSpecs, clusterStatus, listClusters, listRuns } from './clusters/queries.ts';
import { listReleases } from './clusters/releases.ts';
import { planRun } from './runs/plan-run.ts';
import { readLogs } from './runs/read-logs.ts';
import { readSpec } from './runs/run-document.ts';
import { runViews } from './runs/run-views.ts';
import { continueRun, startRun } from './runs/runs.ts';
import { planRemoval, startRemoval } from './runs/removal.ts';
import { secretsApi } from './saved/secrets.ts';
import { settingsApi } from './saved/settings.ts';
import type { Slipway } from './slipway.ts';
import { templatesApi } from './saved/templates.ts';
import { vsphereApi } from './vsphere/vsphere.ts';
import type { World } from './world.ts';

export interface SlipwayOptions {
  /** The inventory's folder; `homeFolder` decides when left out. */
  readonly home: string | undefined;
  /** SLIPWAY_HOME, SLIPWAY_PASSPHRASE_FILE (instead of the keychain), and what `env:` references name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the person called, for whoever finds the cluster busy. */
  readonly label: string;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly random: Random;
}

const heartbeatLimitMs = 20_000;

/** Opens the inventory of one home folder. The vault is opened with the first secret. @throws `store.*` */
export async function openSlipway(options: SlipwayOptions): Promise<Slipway> {
  const { env, label, clock, meter, random } = options;
  const home = options.home ?? homeFolder(env);
  const passphraseFile = env['SLIPWAY_PASSPHRASE_FILE'];
  const redactor = createRedactor();
  let vault: Promise<Vault> | undefined;
  const vaultOnce = (): Promise<Vault> => (vault ??= openVault({ home, passphraseFile }));
  const store = new Store({
    home,
    openVault: vaultOnce,
    redaction: redactor,
    label,
    heartbeatLimitMs,
    now: () => clock.now(),
  });
  const world: World = { store, redactor, clock, meter, random, env };
  const views = runViews(world);
  const looks = healthSessions(clock);

  const savedKubeconfig = async (clusterId: string, name: string): Promise<string> => {
    const inventory = store.inventoryFor(clusterId, () => Promise.reject(new Error('no secret is needed here')));
    const yaml = await inventory.kubeconfig();
    if (yaml === undefined) throw runErrors.no_kubeconfig({ cluster: name });
    return yaml;
  };

  return {
    readSpec: async (source) => {
      const { document, warnings } = readSpec(store, source);
      return { name: document.spec.metadata.name, warnings };
    },
    outline: (text) => parseSpec(text),
    plan: (source, interaction, signal) => planRun(world, views, source, interaction, signal),
    up: (source, interaction, observer, control) =>
      startRun(world, source, interaction, views.observing(observer), control),
    resume: (which, interaction, observer, control) =>
      continueRun(world, which, interaction, views.observing(observer), control),
    planDown: async (name) => planRemoval(world, name),
    down: (name, how, interaction, observer, control) =>
      startRemoval(world, name, how, interaction, views.observing(observer), control),
    cancel: async (name) => store.leases.requestCancel(clusterNamed(world, name).id),
    clusters: async () => listClusters(world),
    status: async (name) => clusterStatus(world, name),
    spec: async (name) => clusterSpecs(world, name),
    health: (name, signal) => clusterHealth(world, looks, name, signal),
    runs: async (name) => listRuns(world, name),
    activeRuns: (signal) => followActiveRuns(world, views, signal),
    watch: (which, signal) => followRun(world, views, which, signal),
    followLog: (which, signal) => followRunLog(world, which, signal),
    logs: (which, onLine, signal) => readLogs(world, which, onLine, signal),
    async kubeconfig(name) {
      const cluster = clusterNamed(world, name);
      return savedKubeconfig(cluster.id, cluster.name);
    },
    async mergeKubeconfig(name, path, { switchContext }) {
      const record = clusterNamed(world, name);
      const names = kubeconfigNames(buildCluster(record.id, record.spec, findRelease(record.release)));
      const ours = await savedKubeconfig(record.id, record.name);
      const files = kubeconfigFiles();
      const merged = mergeKubeconfig(await files.read(path), ours, names, { use: switchContext, file: path });
      await files.write(path, merged);
      return names.endpoints[0] ?? record.name;
    },
    credentials: credentialsApi(world),
    templates: templatesApi(world),
    profiles: profilesApi(world),
    drafts: draftsApi(world),
    secrets: secretsApi(world),
    diagnostics: diagnosticsApi(world, views),
    settings: settingsApi(world, vaultOnce),
    vsphere: vsphereApi(world),
    pools: async (name) => listPools(world, name),
    releases: listReleases,
    home,
    redact: (text) => redactor.redact(text),
    async [Symbol.asyncDispose]() {
      await looks[Symbol.asyncDispose]();
      store.close();
      const opened = await vault?.catch(() => undefined); // its error went to whoever asked for the secret
      opened?.close();
    },
  };
}
