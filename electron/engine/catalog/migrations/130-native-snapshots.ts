/** What a cloud holds of sources beside the repository: native snapshots, ours and others', as they were seen last. */
import type { Migration } from './migration.ts';

export const nativeSnapshots: Migration = {
  version: 130,
  sql: `
CREATE TABLE native_snapshots (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  source TEXT NOT NULL,
  region TEXT NOT NULL,
  snapshot TEXT NOT NULL,            -- snap-…
  seen_at INTEGER NOT NULL,          -- epoch milliseconds, as all times here
  facts TEXT NOT NULL,               -- JSON: shared/contract/native.ts
  UNIQUE (tenant, source, region, snapshot)
) STRICT;

CREATE TABLE native_looks (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  covered_at INTEGER,                -- the point that every volume can be brought back to, whoever took the snapshots
  problems TEXT NOT NULL,            -- JSON: sentences
  PRIMARY KEY (tenant, source)
) STRICT, WITHOUT ROWID;
`,
};
