import {
  DummyDriver,
  type GeneratedAlways,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

/** Rows as they are after the newest migration. Times are epoch ms; JSON is text; `sealed…` only the vault can read. */
export interface Tables {
  readonly settings: { name: string; value: string };
  readonly clusters: {
    id: string;
    name: string;
    spec: string;
    release: string;
    created_at: number;
    updated_at: number;
  };
  readonly machines: {
    cluster_id: string;
    name: string;
    facts: string | null;
    node_config: string | null;
    vm: string | null;
  };
  readonly runs: {
    id: string;
    cluster_id: string;
    operation: string;
    plan: string;
    document: string;
    started_at: number;
    ended_at: number | null;
    outcome: 'succeeded' | 'failed' | 'cancelled' | null;
    metrics: string | null;
  };
  /** `type` is computed from the body, for people who look into the file and for tests. */
  readonly events: { run_id: string; seq: number; at: number; type: GeneratedAlways<string>; body: string };
  readonly leases: {
    cluster_id: string;
    run_id: string;
    hostname: string;
    pid: number;
    process_start: string;
    label: string;
    heartbeat_at: number;
    cancel_requested: 0 | 1;
  };
  readonly artefacts: { cluster_id: string; kind: string; key: string; location: string; recorded_at: number };
  readonly certificates: { cluster_id: string; name: string; certificate: string; sealed_key: string | null };
  readonly cluster_secrets: { cluster_id: string; name: string; sealed: string };
  readonly named_secrets: { name: string; sealed: string; updated_at: number };
  readonly kubeconfigs: { cluster_id: string; sealed: string };
  readonly image_digests: { cluster_id: string; image: string; digest: string };
  readonly statuses: { cluster_id: string; key: string; value: string };
  readonly credentials: {
    name: string;
    kind: 'vsphere';
    address: string;
    user: string;
    trust: string;
    proxy: string | null;
    sealed: string;
    created_at: number;
    updated_at: number;
  };
  readonly templates: { name: string; template: string; updated_at: number };
  readonly profiles: {
    name: string;
    description: string;
    text: string;
    release: string | null;
    machines: number;
    created_at: number;
    updated_at: number;
  };
  readonly drafts: { id: string; title: string; content: string; updated_at: number };
  readonly known_hosts: {
    address: string;
    port: number;
    host_key: string;
    approval: string;
    approved_at: number;
  };
}

/**
 * Builds typed queries and runs none: `Database` runs what it compiles, synchronously. Kysely's own SQLite driver is
 * asynchronous, so another query could slip into an open transaction, and the journal's "on disk when it returns" could
 * not be kept. One way for all queries, and no second connection.
 */
export const query = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});
