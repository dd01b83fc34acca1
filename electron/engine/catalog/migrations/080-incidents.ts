/** Incidents, while which nothing is taken away, and snapshots that look as if something had happened. */
import type { Migration } from './migration.ts';

export const incidents: Migration = {
  version: 80,
  sql: `
CREATE TABLE incidents (
  incident TEXT NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who froze everything
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,            -- epoch milliseconds, as all times here
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
