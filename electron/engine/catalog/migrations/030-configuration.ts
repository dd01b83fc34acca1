/** The console's own configuration: sources that were registered, settings, holds, and where it has been saved. */
import type { Migration } from './migration.ts';

export const configuration: Migration = {
  version: 30,
  sql: `
-- One row for a tenant that has a configuration. Without it the other tables count for nothing: a configuration that is
-- being taken in gets it last.
CREATE TABLE configurations (
  tenant TEXT PRIMARY KEY,
  actor TEXT NOT NULL,
  console TEXT NOT NULL,             -- which home writes it
  replaces TEXT NOT NULL,            -- JSON: consoles whose configuration this one was recovered from
  others TEXT NOT NULL,              -- JSON: parts of the document that only a newer version knows
  revision INTEGER NOT NULL,         -- grows with every change
  saved_at INTEGER NOT NULL          -- epoch milliseconds of the newest document, so that the next one is newer
) STRICT;

-- Up to which revision a repository has it.
CREATE TABLE configuration_saves (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  repository TEXT NOT NULL,
  revision INTEGER NOT NULL,
  snapshot TEXT NOT NULL,
  PRIMARY KEY (tenant, repository)
) STRICT, WITHOUT ROWID;

CREATE TABLE registered_sources (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who registered it
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  definition TEXT NOT NULL,          -- JSON: paths, excludes, options, commands
  added_at INTEGER NOT NULL,
  approved_by TEXT,                  -- who let its commands run on this machine
  approved_at INTEGER,
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,               -- JSON: a text, a number, true or false
  PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE holds (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who holds it
  snapshot TEXT NOT NULL,
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (tenant, snapshot)
) STRICT, WITHOUT ROWID;
`,
};
