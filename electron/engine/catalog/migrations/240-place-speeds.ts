/** How fast was read from each repository: what the time of the next restore from there is expected by. */
import type { Migration } from './migration.ts';

export const placeSpeeds: Migration = {
  version: 240,
  sql: `
CREATE TABLE place_speeds (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  repository TEXT NOT NULL,          -- id in its config
  work TEXT NOT NULL,                -- shared/model/restore-places.ts: what was read for
  bytes INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  at INTEGER NOT NULL                -- epoch milliseconds, of its end
) STRICT;
CREATE INDEX place_speeds_of ON place_speeds (tenant, repository, id);
`,
};
