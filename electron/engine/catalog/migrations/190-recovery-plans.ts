/** Recovery plans with their versions, which are configuration, and their runs, which are not. */
import type { Migration } from './migration.ts';

export const recoveryPlans: Migration = {
  version: 190,
  sql: `
CREATE TABLE recovery_plans (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who saved this version
  name TEXT NOT NULL,
  version INTEGER NOT NULL,          -- from 1
  definition TEXT NOT NULL,          -- JSON: shared/contract/plans.ts
  saved_at INTEGER NOT NULL,         -- epoch milliseconds, as all times here
  PRIMARY KEY (tenant, name, version)
) STRICT, WITHOUT ROWID;

-- Facts of this machine: whose commands may run here, and how each was found when it was last looked at.
CREATE TABLE recovery_plan_facts (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who approved it, or looked
  name TEXT NOT NULL,
  approved_version INTEGER,          -- null: its commands are not approved
  checked_at INTEGER,
  checked_version INTEGER,
  checks TEXT,                       -- JSON
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order in which they were created
  run TEXT NOT NULL UNIQUE,              -- the id that is shown
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,                   -- who created it
  engine TEXT,                           -- which start of an engine works on it; null while none does
  plan TEXT NOT NULL,                    -- its name
  request TEXT NOT NULL,                 -- JSON: the plan as it was, and what was asked
  state TEXT NOT NULL,
  pausing INTEGER NOT NULL DEFAULT 0,
  job TEXT,
  error_code TEXT,
  error_message TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER
) STRICT;
CREATE INDEX plan_runs_by_tenant ON plan_runs (tenant, id);

CREATE TABLE plan_run_steps (
  run TEXT NOT NULL REFERENCES plan_runs (run) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  step TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  facts TEXT NOT NULL DEFAULT '{}',      -- JSON: what is known of it beside
  error_code TEXT,
  error_message TEXT,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
`,
};
