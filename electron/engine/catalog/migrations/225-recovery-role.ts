/** API tokens of recovery operators: SQLite changes no condition of a column, so the table is made anew. */
import type { Migration } from './migration.ts';

export const recoveryRole: Migration = {
  version: 225,
  sql: `
CREATE TABLE api_tokens_of_roles (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who made it
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('read', 'recover', 'operate', 'admin')),
  prefix TEXT NOT NULL,              -- how the token begins, for people
  hash TEXT NOT NULL UNIQUE,         -- SHA-256 of the token, in hexadecimal digits
  created_at INTEGER NOT NULL,       -- epoch milliseconds, as all times here
  expires_at INTEGER,
  last_used_at INTEGER,
  revoked_at INTEGER,
  revoked_by TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO api_tokens_of_roles
SELECT id, tenant, actor, name, role, prefix, hash, created_at, expires_at, last_used_at, revoked_at, revoked_by
FROM api_tokens;
DROP TABLE api_tokens;
ALTER TABLE api_tokens_of_roles RENAME TO api_tokens;
CREATE UNIQUE INDEX api_tokens_by_name ON api_tokens (tenant, name) WHERE revoked_at IS NULL;
`,
};
