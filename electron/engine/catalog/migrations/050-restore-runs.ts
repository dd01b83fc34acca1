/** Restore runs with their steps, and the snapshots they hold while they are open. */
import type { Migration } from './migration.ts';

export const restoreRuns: Migration = {
  version: 50,
  sql: `
CREATE TABLE restore_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order in which they were created
  run TEXT NOT NULL UNIQUE,              -- the id that is shown
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,                   -- who created it
  engine TEXT,                           -- which start of an engine works on it; null while none does
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  repository TEXT NOT NULL,              -- id in the config of the repository
  location TEXT NOT NULL,
  request TEXT NOT NULL,                 -- JSON: what is restored, and where to
  state TEXT NOT NULL,
  pausing INTEGER NOT NULL DEFAULT 0,    -- 1: it is to pause after the step it is at
  job TEXT,                              -- the newest job that works or worked on it
  error_code TEXT,
  error_message TEXT,
  created_at INTEGER NOT NULL,           -- epoch milliseconds, as all times here
  started_at INTEGER,
  ended_at INTEGER,
  closed_at INTEGER,                     -- nothing can be undone any more, and nothing is held
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX restore_runs_by_tenant ON restore_runs (tenant, id);
CREATE INDEX open_restore_runs ON restore_runs (repository) WHERE closed_at IS NULL;

CREATE TABLE restore_run_steps (
  run TEXT NOT NULL REFERENCES restore_runs (run) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  step TEXT NOT NULL,
  title TEXT NOT NULL,
  detail TEXT,
  state TEXT NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  undo TEXT,                             -- a sentence; null where there is nothing to undo
  no_undo TEXT,                          -- why not
  result TEXT,                           -- JSON: facts
  error_code TEXT,
  error_message TEXT,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE restore_run_snapshots (
  run TEXT NOT NULL REFERENCES restore_runs (run) ON DELETE CASCADE,
  snapshot TEXT NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (run, snapshot)
) STRICT, WITHOUT ROWID;

-- The restore run that a job works on.
ALTER TABLE jobs ADD COLUMN run TEXT;
`,
};
