import type { Migration } from './migration.ts';

/** Cloud credentials, node templates, and the VMs of the machines that we make. */
export const vsphere: Migration = {
  version: 20,
  name: 'vsphere',
  sql: `
CREATE TABLE credentials (
  name       TEXT PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind IN ('vsphere')),
  address    TEXT NOT NULL,
  user       TEXT NOT NULL,
  trust      TEXT NOT NULL CHECK (json_valid(trust)),
  proxy      TEXT,
  sealed     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE templates (
  name       TEXT PRIMARY KEY,
  template   TEXT NOT NULL CHECK (json_valid(template)),
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE machines ADD COLUMN vm TEXT CHECK (json_valid(vm));
`,
};
