import type { Migration } from './migration.ts';

/** Everything that the first release keeps. All that belongs to a cluster goes with it. */
export const firstTables: Migration = {
  version: 10,
  name: 'first-tables',
  sql: `
CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE clusters (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'c-[a-z0-9][a-z0-9][a-z0-9][a-z0-9][a-z0-9]'),
  name       TEXT NOT NULL UNIQUE,
  spec       TEXT NOT NULL CHECK (json_valid(spec)),
  release    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE machines (
  cluster_id  TEXT NOT NULL REFERENCES clusters ON DELETE CASCADE,
  name        TEXT NOT NULL,
  facts       TEXT CHECK (json_valid(facts)),
  node_config TEXT CHECK (json_valid(node_config)),
  PRIMARY KEY (cluster_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id         TEXT PRIMARY KEY,
  cluster_id TEXT NOT NULL REFERENCES clusters ON DELETE CASCADE,
  operation  TEXT NOT NULL,
  plan       TEXT NOT NULL CHECK (json_valid(plan)),
  document   TEXT NOT NULL CHECK (json_valid(document)),
  started_at INTEGER NOT NULL,
  ended_at   INTEGER,
  outcome    TEXT CHECK (outcome IN ('succeeded', 'failed', 'cancelled')),
  metrics    TEXT CHECK (json_valid(metrics)),
  CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX runs_of_cluster ON runs (cluster_id, started_at);

CREATE TABLE events (
  run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  seq    INTEGER NOT NULL CHECK (seq > 0),
  at     INTEGER NOT NULL,
  body   TEXT NOT NULL,
  type   TEXT NOT NULL GENERATED ALWAYS AS (body ->> 'type') VIRTUAL,
  PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
  cluster_id       TEXT PRIMARY KEY REFERENCES clusters ON DELETE CASCADE,
  run_id           TEXT NOT NULL,
  hostname         TEXT NOT NULL,
  pid              INTEGER NOT NULL,
  process_start    TEXT NOT NULL,
  label            TEXT NOT NULL,
  heartbeat_at     INTEGER NOT NULL,
  cancel_requested INTEGER NOT NULL CHECK (cancel_requested IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE artefacts (
  cluster_id  TEXT NOT NULL REFERENCES clusters ON DELETE CASCADE,
  kind        TEXT NOT NULL,
  key         TEXT NOT NULL,
  location    TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (cluster_id, kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE certificates (
  cluster_id  TEXT NOT NULL REFERENCES clusters ON DELETE CASCADE,
  name        TEXT NOT NULL,
  certificate TEXT NOT NULL,
  sealed_key  TEXT,
  PRIMARY KEY (cluster_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE cluster_secrets (
  cluster_id TEXT NOT NULL REFERENCES clusters ON DELETE CASCADE,
  name       TEXT NOT NULL,
  sealed     TEXT NOT NULL,
  PRIMARY KEY (cluster_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE named_secrets (
  name       TEXT PRIMARY KEY,
  sealed     TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE kubeconfigs (
  cluster_id TEXT PRIMARY KEY REFERENCES clusters ON DELETE CASCADE,
  sealed     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE image_digests (
  cluster_id TEXT NOT NULL REFERENCES clusters ON DELETE CASCADE,
  image      TEXT NOT NULL,
  digest     TEXT NOT NULL,
  PRIMARY KEY (cluster_id, image)
) STRICT, WITHOUT ROWID;

CREATE TABLE statuses (
  cluster_id TEXT NOT NULL REFERENCES clusters ON DELETE CASCADE,
  key        TEXT NOT NULL,
  value      TEXT NOT NULL CHECK (json_valid(value)),
  PRIMARY KEY (cluster_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE known_hosts (
  address     TEXT NOT NULL,
  port        INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
  host_key    TEXT NOT NULL,
  approval    TEXT NOT NULL,
  approved_at INTEGER NOT NULL,
  PRIMARY KEY (address, port)
) STRICT, WITHOUT ROWID;
`,
};
