import type { Migration } from './migration.ts';

/** Saved cluster specs without machines' identities, and what was begun in the wizard. Neither belongs to a cluster. */
export const profilesAndDrafts: Migration = {
  version: 30,
  name: 'profiles-and-drafts',
  sql: `
CREATE TABLE profiles (
  name        TEXT PRIMARY KEY,
  description TEXT NOT NULL,
  text        TEXT NOT NULL,
  release     TEXT,
  machines    INTEGER NOT NULL CHECK (machines >= 0),
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
  id         TEXT PRIMARY KEY,
  title      TEXT NOT NULL,
  content    TEXT NOT NULL CHECK (json_valid(content)),
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_age ON drafts (updated_at);
`,
};
