/** Requests that were made with an Idempotency-Key, so that a retry is not carried out twice, after a restart either. */
import type { Migration } from './migration.ts';

export const idempotencyKeys: Migration = {
  version: 226,
  sql: `
CREATE TABLE idempotency_keys (
  tenant TEXT NOT NULL,
  client TEXT NOT NULL,              -- token or session that asked
  key_hash TEXT NOT NULL,            -- SHA-256 of the key
  actor TEXT NOT NULL,
  call TEXT NOT NULL,
  fingerprint TEXT NOT NULL,         -- HMAC of call and input under what the client signs in with, which is nowhere here
  engine TEXT NOT NULL,              -- which run of the engine carried it out
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  answer TEXT,                       -- JSON; NULL: not kept
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (tenant, client, key_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
`,
};
