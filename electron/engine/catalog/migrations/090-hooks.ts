/** What hooks have frozen and not thawed yet, and how consistent a snapshot says it is. */
import type { Migration } from './migration.ts';

export const hooks: Migration = {
  version: 90,
  sql: `
-- Written before a hook freezes anything, and gone once it is thawed: what an engine leaves, the next one thaws.
CREATE TABLE open_freezes (
  run TEXT NOT NULL,                 -- of protection_runs
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  engine TEXT NOT NULL,              -- which start of an engine has frozen it
  source TEXT NOT NULL,
  after_hook TEXT NOT NULL,          -- JSON: what thaws it, as it was when it was frozen
  begun_at INTEGER NOT NULL,         -- epoch milliseconds
  PRIMARY KEY (tenant, run)
) STRICT, WITHOUT ROWID;

-- As the snapshot states them; null: nothing was asked to hold still.
ALTER TABLE snapshots ADD COLUMN consistency TEXT;
ALTER TABLE snapshots ADD COLUMN consistency_problem TEXT;
`,
};
