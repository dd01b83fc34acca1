/** Alerts, and what became of each message about them. Where they are told stands in a file of the home. */
import type { Migration } from './migration.ts';

export const alerts: Migration = {
  version: 85,
  sql: `
CREATE TABLE alerts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  alert TEXT NOT NULL UNIQUE,        -- 16 hexadecimal digits
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  rule TEXT NOT NULL,                -- see shared/model/alerts.ts
  subject_kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
  title TEXT NOT NULL,
  detail TEXT NOT NULL,
  todo TEXT NOT NULL,                -- what to do, in a sentence
  occasion TEXT NOT NULL,            -- which happening of its kind it is; empty: none
  raised_at INTEGER NOT NULL,        -- epoch milliseconds, as all times here
  changed_at INTEGER NOT NULL,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  snoozed_until INTEGER,
  snoozed_by TEXT,
  resolved_at INTEGER,
  resolved_by TEXT,                  -- null while it is open, or where it has ended by itself
  aside INTEGER NOT NULL DEFAULT 0   -- 1: a person has resolved it while it was still so
) STRICT;
-- One fact is one alert.
CREATE UNIQUE INDEX open_alerts ON alerts (tenant, rule, subject_kind, subject) WHERE resolved_at IS NULL;
CREATE INDEX alerts_by_key ON alerts (tenant, rule, subject_kind, subject, id);
CREATE INDEX resolved_alerts ON alerts (tenant, id) WHERE resolved_at IS NOT NULL;

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  delivery TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  route TEXT NOT NULL,
  alert TEXT,                        -- null: a test, or a ping
  kind TEXT NOT NULL CHECK (kind IN ('raise', 'remind', 'resolve', 'test', 'ping')),
  occasion TEXT NOT NULL,            -- number of the reminder; what a ping is about
  -- dropped: what it says was over before it was sent
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'dropped')),
  attempts INTEGER NOT NULL DEFAULT 0,
  queued_at INTEGER NOT NULL,
  next_at INTEGER,                   -- null: it is over
  ended_at INTEGER,
  problem TEXT
) STRICT;
-- Never more than one message for one fact.
CREATE UNIQUE INDEX deliveries_of_facts ON deliveries (tenant, route, alert, kind, occasion) WHERE alert IS NOT NULL;
CREATE INDEX deliveries_by_alert ON deliveries (tenant, alert, id) WHERE alert IS NOT NULL;
CREATE INDEX deliveries_to_send ON deliveries (tenant, next_at) WHERE state = 'queued';
CREATE INDEX deliveries_by_route ON deliveries (tenant, route, id);
`,
};
