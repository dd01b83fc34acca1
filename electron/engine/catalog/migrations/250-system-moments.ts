/** Whether the parts of a system snapshot are of one moment, and from when to when each of them was held still. */
import type { Migration } from './migration.ts';

export const systemMoments: Migration = {
  version: 250,
  sql: `
ALTER TABLE system_snapshots ADD COLUMN hold_limit_ms INTEGER; -- for how long all may be held; null: it was not asked
CREATE TABLE system_moments (
  id INTEGER PRIMARY KEY,
  system TEXT NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  source TEXT NOT NULL,
  held_from INTEGER,                 -- epoch milliseconds; null: no hook held it
  held_to INTEGER,
  taken_from INTEGER,                -- epoch milliseconds; null: its point was not taken
  taken_to INTEGER,
  moment TEXT,                       -- shared/model/together.ts, as a snapshot states it
  problem TEXT,                      -- of its hooks
  UNIQUE (tenant, system, source)
) STRICT;
`,
};
