/** API tokens: who may ask over HTTP, and for which tenant. */
import type { Migration } from './migration.ts';

export const apiTokens: Migration = {
  version: 40,
  sql: `
CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who made it
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('read', 'operate', 'admin')),
  prefix TEXT NOT NULL,              -- how the token begins, for people
  hash TEXT NOT NULL UNIQUE,         -- SHA-256 of the token, in hexadecimal digits
  created_at INTEGER NOT NULL,       -- epoch milliseconds, as all times here
  expires_at INTEGER,
  last_used_at INTEGER,
  revoked_at INTEGER,
  revoked_by TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX api_tokens_by_name ON api_tokens (tenant, name) WHERE revoked_at IS NULL;
`,
};
