/** When each stored file was last read and found good, what is damaged, and what repairs have done. */
import type { Migration } from './migration.ts';

export const integrity: Migration = {
  version: 150,
  sql: `
CREATE TABLE scrubs (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  repository TEXT NOT NULL,
  since INTEGER NOT NULL,            -- epoch milliseconds
  stepped_at INTEGER,                -- epoch milliseconds; null: never
  failed_count INTEGER NOT NULL DEFAULT 0,
  failed_at INTEGER,
  month TEXT NOT NULL DEFAULT '',    -- of what was read where reading costs: 2026-11
  month_bytes INTEGER NOT NULL DEFAULT 0,
  coverage TEXT,                     -- JSON: shared/model/scrub.ts, of the last step
  UNIQUE (tenant, repository)
) STRICT;

CREATE TABLE scrubbed_files (
  scrub INTEGER NOT NULL REFERENCES scrubs (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,             -- place in scrubKinds
  name BLOB NOT NULL,                -- 32 bytes; none of the config
  read_at INTEGER NOT NULL,          -- epoch seconds
  PRIMARY KEY (scrub, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE found_damage (
  tenant TEXT NOT NULL,
  repository TEXT NOT NULL,
  path TEXT NOT NULL,
  actor TEXT NOT NULL,
  fault TEXT NOT NULL,
  found_at INTEGER NOT NULL,         -- epoch milliseconds
  PRIMARY KEY (tenant, repository, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE repairs (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  repository TEXT NOT NULL,
  ended_at INTEGER NOT NULL,         -- epoch milliseconds
  outcome TEXT NOT NULL,             -- JSON: shared/contract/integrity.ts
  unrepaired INTEGER NOT NULL        -- files of snapshots, and stored files, that could not be had back
) STRICT;
CREATE INDEX repairs_by_repository ON repairs (tenant, repository, id);
`,
};
