/** Profiles and whom they are given to, runs that were due, pauses, and what retention waits for. */
import type { Migration } from './migration.ts';

export const protection: Migration = {
  version: 75,
  sql: `
CREATE TABLE profiles (
  profile TEXT NOT NULL,             -- 16 hexadecimal digits
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who made it
  name TEXT NOT NULL,
  definition TEXT NOT NULL,          -- JSON
  -- JSON: since when each period is part of it as it is now, epoch milliseconds by its id.
  since TEXT NOT NULL,
  created_at INTEGER NOT NULL,       -- epoch milliseconds, as all times here
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, profile),
  UNIQUE (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE profile_assignments (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('source', 'tag', 'tenant')),
  subject TEXT NOT NULL,             -- name of a source, a tag, or empty for the tenant
  profile TEXT NOT NULL,
  assigned_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, scope, subject)
) STRICT, WITHOUT ROWID;

-- Every run of protection, whoever asked for it; also those that did not take place. Kept for 400 days.
CREATE TABLE protection_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL UNIQUE,          -- 16 hexadecimal digits; its snapshot carries it
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  engine TEXT NOT NULL,              -- which start of an engine ran it
  source TEXT NOT NULL,
  profile TEXT,                      -- null: asked for by hand
  periods TEXT NOT NULL,             -- JSON: ids of what it answers
  occurrence_at INTEGER,             -- when it was due; null: asked for by hand
  asked_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  -- missed: was due while nothing ran, and is not made up for. unchanged is complete.
  state TEXT NOT NULL CHECK (
    state IN ('asked', 'running', 'complete', 'completeWithExceptions', 'partial', 'failed', 'cancelled', 'interrupted', 'missed')
  ),
  late INTEGER NOT NULL DEFAULT 0,
  job TEXT,
  repository TEXT,                   -- id in the config of the repository
  system_run TEXT,                   -- the system snapshot it is part of
  snapshot TEXT,
  consistency TEXT,                  -- application, crash; null: none was asked for
  consistency_problem TEXT,
  files_new INTEGER, files_changed INTEGER, files_unmodified INTEGER,
  bytes_added INTEGER, bytes_stored INTEGER, bytes_total INTEGER,
  error_code TEXT,
  error_message TEXT
) STRICT;
CREATE INDEX protection_runs_by_source ON protection_runs (tenant, source, id);
CREATE INDEX protection_runs_by_time ON protection_runs (tenant, asked_at);
CREATE INDEX open_protection_runs ON protection_runs (state) WHERE state IN ('asked', 'running');

-- Occurrences of each period that a run has answered, or that were given up; the newest few. More than one, because a
-- clock that went ahead and came back must find again what was answered before. Outlives the runs.
CREATE TABLE answered_periods (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  source TEXT NOT NULL,
  profile TEXT NOT NULL,
  period TEXT NOT NULL,
  occurrence_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, source, profile, period, occurrence_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE pauses (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('tenant', 'source')),
  subject TEXT NOT NULL,             -- name of a source, or empty
  until_at INTEGER,                  -- null: until somebody ends it
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (tenant, scope, subject)
) STRICT, WITHOUT ROWID;

-- What retention would remove and asks about first.
CREATE TABLE retention_reviews (
  review TEXT NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  source TEXT NOT NULL,
  repository TEXT NOT NULL,
  reason TEXT NOT NULL,              -- why it asks
  snapshots TEXT NOT NULL,           -- JSON: ids
  kept INTEGER NOT NULL,             -- how many would stay
  asked_at INTEGER NOT NULL,
  decided_at INTEGER,
  decided_by TEXT,
  decision TEXT CHECK (decision IN ('remove', 'keep')),
  PRIMARY KEY (tenant, review)
) STRICT, WITHOUT ROWID;

-- Locked snapshots that somebody wants to be able to remove.
CREATE TABLE unlock_requests (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  snapshot TEXT NOT NULL,
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  ready_at INTEGER NOT NULL,         -- not before
  PRIMARY KEY (tenant, snapshot)
) STRICT, WITHOUT ROWID;

-- JSON of the facts that retention goes by, as the snapshot itself states them; null: it states none.
ALTER TABLE snapshots ADD COLUMN labels TEXT;

-- What an engine remembers from one start to the next: its clock, when it last pruned.
CREATE TABLE marks (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,               -- JSON
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
`,
};
