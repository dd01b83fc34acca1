/** System snapshots: several sources taken together, as one record. */
import type { Migration } from './migration.ts';

export const systemSnapshots: Migration = {
  version: 100,
  sql: `
CREATE TABLE system_snapshots (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  system TEXT NOT NULL UNIQUE,       -- 16 hexadecimal digits, - and the number of sources; its snapshots carry it
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  description TEXT NOT NULL,
  sources TEXT NOT NULL,             -- JSON: names, in the order in which they are taken
  job TEXT NOT NULL,
  begun_at INTEGER NOT NULL,         -- epoch milliseconds
  ended_at INTEGER                   -- null: it runs, or its engine has ended
) STRICT;
CREATE INDEX system_snapshots_by_time ON system_snapshots (tenant, begun_at);
CREATE INDEX runs_of_system ON protection_runs (tenant, system_run) WHERE system_run IS NOT NULL;
CREATE INDEX runs_together ON protection_runs (tenant, source, id) WHERE system_run IS NOT NULL;
-- Those of other consoles, and of a catalog that was lost, are known by their snapshots alone.
CREATE INDEX snapshots_of_system ON snapshots (json_extract(labels, '$.system'))
  WHERE json_extract(labels, '$.system') IS NOT NULL;
`,
};
