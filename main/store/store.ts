import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { InventoryPort } from '#main/cluster/ports.ts';
import type { Journal, LeaseHolder } from '#main/engine/journal.ts';
import { storeErrors } from '#shared/errors/store.ts';
import { type Clusters, clustersIn } from './inventory/clusters.ts';
import { type Credentials, credentialsIn } from './saved/credentials.ts';
import type { Database } from './database/database.ts';
import { type Drafts, draftsIn } from './saved/drafts.ts';
import { failureCode } from './failure-code.ts';
import { prepareHome } from './home.ts';
import { inventoryIn } from './inventory/inventory.ts';
import { type InventoryView, inventoryViewIn } from './inventory/inventory-view.ts';
import { journalIn } from './runs/journal.ts';
import { type KnownHosts, knownHostsIn } from './inventory/known-hosts.ts';
import { leasesIn, type StoredLeases } from './runs/leases.ts';
import type { AppliedMigration } from './database/migrate.ts';
import { type NamedSecrets, namedSecretsIn } from './saved/named-secrets.ts';
import { openDatabase } from './database/open-database.ts';
import { type Preferences, preferencesIn } from './saved/preferences.ts';
import { thisProcess } from './runs/processes.ts';
import { type Profiles, profilesIn } from './saved/profiles.ts';
import { followLog, followPages, type LogPage, type LogQuery, readLog, readLogTail } from './runs/read-log.ts';
import type { Redaction } from './sealing/redaction.ts';
import { type RemovalJournal, removalJournalIn } from './runs/removal-journal.ts';
import { type LogLine, RunLog } from './runs/run-log.ts';
import { type Runs, runsIn } from './runs/runs.ts';
import { type SealedSecrets, sealedSecretsIn } from './sealing/sealed-secrets.ts';
import { type Sealing, sealingFor } from './sealing/sealing.ts';
import { type Templates, templatesIn } from './saved/templates.ts';
import { assignedAddresses } from './inventory/vm-records.ts';

export interface StoreOptions {
  /** See `homeFolder`. Made if it is not there. */
  readonly home: string;
  /** Opens the vault; called at the first secret. */
  readonly openVault: () => Promise<Sealing>;
  readonly redaction: Redaction;
  /** What the person called, for whoever finds the lease taken: "slipway up". */
  readonly label: string;
  /** A lease holder that cannot be looked at is given up when its last heartbeat is older. */
  readonly heartbeatLimitMs: number;
  /** Epoch ms. */
  readonly now?: () => number;
  /** This process when left out. */
  readonly holder?: LeaseHolder;
}

/** The inventory of one home folder: `slipway.db`, and one log file per run. */
export class Store {
  readonly clusters: Clusters;
  readonly runs: Runs;
  readonly journal: Journal;
  readonly leases: StoredLeases;
  readonly knownHosts: KnownHosts;
  readonly secrets: NamedSecrets;
  readonly credentials: Credentials;
  readonly templates: Templates;
  readonly profiles: Profiles;
  readonly drafts: Drafts;
  readonly preferences: Preferences;
  readonly sealed: SealedSecrets;
  /** Migrations that opening applied. */
  readonly applied: readonly AppliedMigration[];
  readonly #db: Database;
  readonly #sealing: () => Promise<Sealing>;
  readonly #redaction: Redaction;
  readonly #now: () => number;
  readonly #logs: string;

  /** @throws see `openDatabase` and `prepareHome` */
  constructor(options: StoreOptions) {
    const { home, redaction, now = Date.now, heartbeatLimitMs, holder = thisProcess(options.label) } = options;
    prepareHome(home);
    this.#logs = join(home, 'runs');
    mkdirSync(this.#logs, { recursive: true, mode: 0o700 });
    const { db, applied } = openDatabase(join(home, 'slipway.db'), now);
    this.#db = db;
    this.#now = now;
    this.#redaction = redaction;
    this.#sealing = sealingFor(db, options.openVault);
    this.applied = applied;
    const removeLog = (runId: string) => this.#removeLog(runId);
    this.clusters = clustersIn(db, { now, removeLog });
    this.journal = journalIn(db, { now, redaction });
    this.leases = leasesIn(db, { holder, heartbeatLimitMs, now });
    this.runs = runsIn(db, this.leases);
    this.knownHosts = knownHostsIn(db, now);
    const sealed = { sealing: this.#sealing, now, onSecret: (value: string) => redaction.register(value) };
    this.secrets = namedSecretsIn(db, sealed);
    this.credentials = credentialsIn(db, sealed);
    this.templates = templatesIn(db, now);
    this.profiles = profilesIn(db, now);
    this.drafts = draftsIn(db, now);
    this.preferences = preferencesIn(db);
    const notAsked = () => Promise.reject(new Error('no reference is resolved here'));
    const inventoryFor = (clusterId: string) => this.inventoryFor(clusterId, notAsked);
    this.sealed = sealedSecretsIn(db, { secrets: this.secrets, credentials: this.credentials, inventoryFor });
  }

  /** @param resolveSecret See `secretResolver`, which reads `vault:` references from `secrets`. */
  inventoryFor(clusterId: string, resolveSecret: (reference: string) => Promise<string>): InventoryPort {
    const onSecret = (value: string) => this.#redaction.register(value);
    return inventoryIn(this.#db, clusterId, { sealing: this.#sealing, resolveSecret, now: this.#now, onSecret });
  }

  /** Instead of `journal` for whoever drives the removal of a cluster. */
  removalJournal(clusterId: string): RemovalJournal {
    return removalJournalIn(this.#db, this, clusterId);
  }

  /** What can be shown of a cluster without opening the vault. */
  viewOf(clusterId: string): InventoryView {
    return inventoryViewIn(this.#db, clusterId);
  }

  /** Static addresses of the VMs of all other clusters: two clusters can share a range. */
  assignedAddresses(exceptClusterId: string): ReadonlySet<string> {
    return assignedAddresses(this.#db, exceptClusterId);
  }

  /** For whoever drives the run. To be closed. */
  openLog(runId: string): RunLog {
    return new RunLog(this.#logOf(runId), (text) => this.#redaction.redact(text));
  }

  readLog(runId: string, query: LogQuery = {}): Promise<LogPage> {
    return readLog(this.#logOf(runId), query);
  }

  /** The last lines, of at most so many bytes of the file. */
  readLogTail(runId: string, bytes: number): Promise<LogPage> {
    return readLogTail(this.#logOf(runId), bytes);
  }

  followLog(runId: string, query: LogQuery, signal: AbortSignal): AsyncGenerator<LogLine, void> {
    return followLog(this.#logOf(runId), query, signal);
  }

  /** See `followPages`. */
  followLogPages(runId: string, from: number, signal: AbortSignal): AsyncGenerator<LogPage, void> {
    return followPages(this.#logOf(runId), from, signal);
  }

  close(): void {
    this.#db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #removeLog(runId: string): void {
    const path = this.#logOf(runId);
    try {
      rmSync(path, { force: true });
    } catch (cause) {
      throw storeErrors.unusable({ path, reason: failureCode(cause) });
    }
  }

  /** The id comes from the command line, too: it must not lead out of the folder. */
  #logOf(runId: string): string {
    if (!/^[\w-]+$/.test(runId)) throw storeErrors.run_unknown({ runId });
    return join(this.#logs, `${runId}.ndjson`);
  }
}
