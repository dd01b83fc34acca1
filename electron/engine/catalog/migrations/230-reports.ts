/** What was removed and why, who gets which reports, and the letters that they are in. */
import type { Migration } from './migration.ts';

export const reports: Migration = {
  version: 230,
  sql: `
CREATE TABLE removed_snapshots (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who asked for it; of what expires by itself, the schedule
  repository TEXT NOT NULL,          -- id in the config of the one it was removed from
  snapshot TEXT NOT NULL,
  source TEXT NOT NULL,              -- empty: the program that took it knows none
  taken_at INTEGER NOT NULL,         -- epoch milliseconds, as all times here
  removed_at INTEGER NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('expiry', 'site', 'forget', 'named')),
  reasons TEXT NOT NULL              -- JSON: sentences
) STRICT;
-- It goes once.
CREATE UNIQUE INDEX removed_once ON removed_snapshots (tenant, repository, snapshot);
CREATE INDEX removed_in_order ON removed_snapshots (tenant, removed_at);

-- Since when removals are noted: one row, of no tenant.
CREATE TABLE removals_noted (tenant TEXT NOT NULL, actor TEXT NOT NULL, since INTEGER NOT NULL) STRICT;
INSERT INTO removals_noted VALUES ('', 'migration', CAST(unixepoch('subsec') * 1000 AS INTEGER));

-- Configuration, but for the last column.
CREATE TABLE subscriptions (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who added it
  name TEXT NOT NULL,
  definition TEXT NOT NULL,          -- JSON: shared/contract/reports.ts
  added_at INTEGER NOT NULL,
  since INTEGER NOT NULL,            -- what came round before is not missed
  answered INTEGER,                  -- the newest time that was dealt with
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_letters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  letter TEXT NOT NULL UNIQUE,       -- 16 hexadecimal digits
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who asked for it
  recipient TEXT NOT NULL,           -- JSON: shared/model/subscriptions.ts
  items TEXT NOT NULL,               -- JSON: what is in it, as the subscriptions were when it was queued
  kind TEXT NOT NULL CHECK (kind IN ('scheduled', 'asked', 'test')),
  late INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'dropped')),
  attempts INTEGER NOT NULL DEFAULT 0,
  queued_at INTEGER NOT NULL,
  next_at INTEGER,                   -- null: it is over
  ended_at INTEGER,
  bytes INTEGER,                     -- of its files; null: it was not made yet
  problem TEXT
) STRICT;
CREATE INDEX report_letters_in_order ON report_letters (tenant, id);
CREATE INDEX report_letters_to_send ON report_letters (tenant, next_at) WHERE state = 'queued';
`,
};
