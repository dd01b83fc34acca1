/** Jobs and their logs. */
import type { Migration } from './migration.ts';

export const jobs: Migration = {
  version: 20,
  sql: `
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order in which they were asked for
  job TEXT NOT NULL UNIQUE,              -- the id that is shown
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  engine TEXT NOT NULL,                  -- which start of an engine ran it
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (
    state IN ('queued', 'running', 'cancelling', 'done', 'partial', 'failed', 'cancelled', 'interrupted')
  ),
  priority TEXT NOT NULL,
  queued_at INTEGER NOT NULL,            -- epoch milliseconds, as all times here
  started_at INTEGER,
  ended_at INTEGER,
  updated_at INTEGER NOT NULL,           -- when it was last heard of
  progress TEXT,                         -- JSON
  summary TEXT,
  error_code TEXT,
  error_message TEXT
) STRICT;
CREATE INDEX jobs_by_tenant ON jobs (tenant, id);
CREATE INDEX jobs_under_way ON jobs (state) WHERE state IN ('queued', 'running', 'cancelling');

CREATE TABLE job_log (
  job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL,
  path TEXT,
  code TEXT,
  PRIMARY KEY (job, line)
) STRICT, WITHOUT ROWID;
`,
};
