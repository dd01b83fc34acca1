/** Hot standbys, and how far each has come on this machine. */
import type { Migration } from './migration.ts';

export const standbys: Migration = {
  version: 170,
  sql: `
-- Configuration.
CREATE TABLE standbys (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who added it
  name TEXT NOT NULL,
  definition TEXT NOT NULL,          -- JSON: shared/contract/standby.ts
  added_at INTEGER NOT NULL,         -- epoch milliseconds
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

-- Of this machine. Without a row nobody has confirmed its target here.
CREATE TABLE standby_progress (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  name TEXT NOT NULL,
  standby TEXT NOT NULL,             -- its id: another one may get the same name
  progress TEXT NOT NULL,            -- JSON: catalog/standbys.ts
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
`,
};
