/** Clones for development: what each is of, where it lies, and until when. */
import type { Migration } from './migration.ts';

export const clones: Migration = {
  version: 246,
  sql: `
CREATE TABLE clones (
  id TEXT NOT NULL,                  -- 16 hexadecimal digits; its mark says it too
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who made it
  definition TEXT NOT NULL,          -- JSON: catalog/clones.ts; what it is of and where it lies
  state TEXT NOT NULL,               -- shared/model/clones.ts
  root TEXT,                         -- of a folder, once it is whole: its inode and that of the folder it lies in
  items INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  made_at INTEGER NOT NULL,          -- epoch milliseconds, as all times
  expires_at INTEGER NOT NULL,
  trouble TEXT,                      -- JSON: why it is still there; null: it is not due, or was never tried
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
`,
};
