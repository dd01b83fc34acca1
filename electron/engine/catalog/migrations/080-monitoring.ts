/** Alerts, where they are told, what became of each telling, and incidents. */
import type { Migration } from './migration.ts';

export const monitoring: Migration = {
  version: 80,
  sql: `
CREATE TABLE alerts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  alert TEXT NOT NULL UNIQUE,        -- 16 hexadecimal digits
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  rule TEXT NOT NULL,                -- overdue, run-failed, emptied, change-rate, …
  subject_kind TEXT NOT NULL,        -- source, repository, route, console
  subject TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
  title TEXT NOT NULL,
  detail TEXT NOT NULL,
  todo TEXT NOT NULL,                -- what to do, in a sentence
  facts TEXT NOT NULL,               -- JSON
  raised_at INTEGER NOT NULL,        -- epoch milliseconds, as all times here
  changed_at INTEGER NOT NULL,
  reminded_at INTEGER,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  snoozed_until INTEGER,
  snoozed_by TEXT,
  resolved_at INTEGER,
  resolved_by TEXT,                  -- engine where it has resolved itself
  resolution TEXT
) STRICT;
-- One fact is one alert.
CREATE UNIQUE INDEX open_alerts ON alerts (tenant, rule, subject_kind, subject) WHERE resolved_at IS NULL;
CREATE INDEX alerts_by_tenant ON alerts (tenant, id);

-- Secrets of a route are in the secret store, not here.
CREATE TABLE alert_routes (
  route TEXT NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,          -- JSON
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, route),
  UNIQUE (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  delivery TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  route TEXT NOT NULL,
  alert TEXT,                        -- null: a test, or a ping
  kind TEXT NOT NULL CHECK (kind IN ('raise', 'remind', 'resolve', 'test', 'ping')),
  content TEXT NOT NULL,             -- JSON: what is told
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  queued_at INTEGER NOT NULL,
  next_at INTEGER,
  ended_at INTEGER,
  problem TEXT
) STRICT;
-- Never more than one message for one fact.
CREATE UNIQUE INDEX deliveries_of_facts ON deliveries (route, alert, kind, queued_at) WHERE alert IS NOT NULL;
CREATE INDEX deliveries_to_send ON deliveries (next_at) WHERE state = 'queued';
CREATE INDEX deliveries_by_tenant ON deliveries (tenant, id);

CREATE TABLE incidents (
  incident TEXT NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who froze everything
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  ended_at INTEGER,
  ended_by TEXT,
  PRIMARY KEY (tenant, incident)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX open_incidents ON incidents (tenant) WHERE ended_at IS NULL;

-- Snapshots that look as if something had happened to their source, from its change rate.
CREATE TABLE suspect_snapshots (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  snapshot TEXT NOT NULL,
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  cleared_at INTEGER,
  cleared_by TEXT,
  PRIMARY KEY (tenant, snapshot)
) STRICT, WITHOUT ROWID;
`,
};
