/** Sites, the rules of what goes to them, the queue of what is to be sent, and what was sent. */
import type { Migration } from './migration.ts';

export const sites: Migration = {
  version: 140,
  sql: `
-- Both are configuration.
CREATE TABLE sites (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who added it
  name TEXT NOT NULL,
  definition TEXT NOT NULL,          -- JSON: shared/contract/sites.ts
  added_at INTEGER NOT NULL,         -- epoch milliseconds, as all times here
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_rules (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  rule TEXT NOT NULL,                -- 16 hexadecimal digits
  definition TEXT NOT NULL,          -- JSON: shared/model/sync-rules.ts
  added_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_items (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  item TEXT NOT NULL UNIQUE,         -- 16 hexadecimal digits
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who asked for it
  site TEXT NOT NULL,
  origin TEXT,                       -- name of the site it is read from; null: the repository that protection writes to
  snapshot TEXT NOT NULL,            -- as it is called where it was taken
  source TEXT NOT NULL,
  hostname TEXT NOT NULL,
  taken_at INTEGER NOT NULL,
  rule TEXT,                         -- null: asked for by hand
  at_once INTEGER NOT NULL DEFAULT 0,-- 1: waits for no window
  priority INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'retrying', 'failed', 'done', 'skipped')),
  attempts INTEGER NOT NULL DEFAULT 0,
  asked_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  next_at INTEGER,
  note TEXT,
  error_code TEXT,
  error_message TEXT,
  job TEXT,
  sent_as TEXT,                      -- its id at the site
  figures TEXT,                      -- JSON
  throttle INTEGER
) STRICT;
-- A snapshot is on its way to a site once at most.
CREATE UNIQUE INDEX open_sync_items ON sync_items (tenant, site, snapshot)
  WHERE state IN ('queued', 'running', 'paused', 'retrying', 'failed');
CREATE INDEX sync_items_by_site ON sync_items (tenant, site, id);
CREATE INDEX sync_items_by_source ON sync_items (tenant, source, id);

-- What was sent to a site once, or not worth it, also when the site itself has let it go. Outlives the items.
CREATE TABLE site_sent (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  repository TEXT NOT NULL,          -- id in the config of the site's repository
  snapshot TEXT NOT NULL,            -- as it is called where it was taken
  outcome TEXT NOT NULL CHECK (outcome IN ('sent', 'skipped', 'dropped')),
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant, repository, snapshot)
) STRICT, WITHOUT ROWID;

CREATE TABLE site_pauses (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  site TEXT NOT NULL,
  until_at INTEGER,                  -- null: until somebody ends it
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (tenant, site)
) STRICT, WITHOUT ROWID;

-- When it last answered, and since when it does not.
CREATE TABLE site_looks (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  site TEXT NOT NULL,
  seen_at INTEGER,
  silent_since INTEGER,              -- null: it answers
  problem_code TEXT,
  problem_message TEXT,
  PRIMARY KEY (tenant, site)
) STRICT, WITHOUT ROWID;

-- What a snapshot is a copy of, and until when one that was fetched back is kept.
ALTER TABLE snapshots ADD COLUMN original TEXT;
`,
};
