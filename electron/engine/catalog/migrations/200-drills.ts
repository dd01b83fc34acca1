/** Drills, and what each has made or is about to make, so that it can be taken away after any end. */
import type { Migration } from './migration.ts';

export const drills: Migration = {
  version: 200,
  sql: `
CREATE TABLE drills (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order in which they began
  drill TEXT NOT NULL UNIQUE,            -- the id that is shown
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  engine TEXT,                           -- which start of an engine works on it; null while none does
  source TEXT NOT NULL,                  -- name
  kind TEXT NOT NULL,                    -- of the source
  how TEXT NOT NULL,                     -- shared/contract/drills.ts
  repository TEXT NOT NULL,              -- id in the config of the repository
  location TEXT NOT NULL,
  snapshot TEXT,                         -- null: it is of a plan, whose steps have their own
  taken_at INTEGER,                      -- epoch milliseconds, as all times here
  state TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  ring_from INTEGER,                     -- of 2^48; null where it took what was named
  ring_to INTEGER,
  is_whole INTEGER NOT NULL DEFAULT 0,
  items INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  whole_items INTEGER NOT NULL DEFAULT 0,
  whole_bytes INTEGER NOT NULL DEFAULT 0,
  restore_ms INTEGER,
  human_ms INTEGER,                      -- of a guided one: what was waited for a person
  rto_ms INTEGER,                        -- the target, as it was then
  run TEXT,                              -- the restore run of a guided one
  evidence TEXT,
  report TEXT NOT NULL DEFAULT '{}',     -- JSON: steps, checks, problems
  error_code TEXT,
  error_message TEXT
) STRICT;
CREATE INDEX drills_by_source ON drills (tenant, source, id);

CREATE TABLE drill_places (
  id INTEGER PRIMARY KEY,
  drill TEXT NOT NULL REFERENCES drills (drill) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  place TEXT NOT NULL,                   -- JSON: a folder, a prefix of a bucket, a restore run in AWS
  noted_at INTEGER NOT NULL,             -- before it was made
  gone_at INTEGER
) STRICT;
CREATE INDEX drill_places_left ON drill_places (tenant) WHERE gone_at IS NULL;
`,
};
