/** Repositories, sources, snapshots, and the versions of every path in them. */
import type { Migration } from './migration.ts';

export const snapshotsAndVersions: Migration = {
  version: 1,
  sql: `
-- A repository as one tenant sees it.
CREATE TABLE repositories (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  repository TEXT NOT NULL,          -- the id in its config
  location TEXT NOT NULL,            -- where it was seen last
  listed_at INTEGER NOT NULL,        -- epoch milliseconds
  UNIQUE (tenant, repository)
) STRICT;

-- A source on one machine: what restic made of "/" on two machines are two sources.
CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  repository INTEGER NOT NULL REFERENCES repositories (id),
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  name TEXT NOT NULL,
  hostname TEXT NOT NULL,
  UNIQUE (repository, name, hostname)
) STRICT;

CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY,
  repository INTEGER NOT NULL REFERENCES repositories (id),
  source INTEGER NOT NULL REFERENCES sources (id),
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  snapshot TEXT NOT NULL,            -- its id in the repository
  taken_at INTEGER NOT NULL,         -- epoch milliseconds
  -- Where it stands in time among all snapshots: no two have the same, so that intervals of versions name snapshots.
  position INTEGER NOT NULL UNIQUE,
  tree TEXT NOT NULL,
  status TEXT NOT NULL,
  -- listed: known; indexing: its versions are being written; indexed: they are there; unreadable: they cannot be.
  state TEXT NOT NULL CHECK (state IN ('listed', 'indexing', 'indexed', 'unreadable')),
  problem TEXT,                      -- why it is unreadable, or what of it could not be read
  attempt INTEGER NOT NULL DEFAULT 0,
  UNIQUE (repository, snapshot)
) STRICT;
CREATE INDEX snapshots_by_source ON snapshots (source, position);

-- Snapshots of a repository that are no data of this tenant: its configuration, and what belongs to others.
CREATE TABLE other_snapshots (
  repository INTEGER NOT NULL REFERENCES repositories (id),
  snapshot TEXT NOT NULL,
  PRIMARY KEY (repository, snapshot)
) STRICT, WITHOUT ROWID;

-- A path is stored once for each source, as a name below the row of its folder. The root of a source has the parent
-- -source and an empty name. Names are bytes.
CREATE TABLE paths (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL,
  parent INTEGER NOT NULL,
  name BLOB NOT NULL,
  UNIQUE (parent, name)
) STRICT;

-- What was at a path from one snapshot of its source to another, both positions included. A version that the newest
-- indexed snapshot still has ends at the largest number there is (versions.ts), so that a further snapshot that has it
-- too needs no row.
CREATE TABLE versions (
  path INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  type INTEGER NOT NULL,
  size INTEGER NOT NULL,
  mtime INTEGER NOT NULL,            -- microseconds since 1970
  digest BLOB,
  PRIMARY KEY (path, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_by_first ON versions (first);
CREATE INDEX versions_by_last ON versions (last) WHERE last < 9007199254740991;

-- Which names hold which three characters; the rowid is that of the path. What matches is compared with the name itself.
CREATE VIRTUAL TABLE path_names USING fts5 (
  name, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
);
-- What one transaction adds is merged with the rest in steps that fit into others (path-rows.ts), never at once.
INSERT INTO path_names (path_names, rank) VALUES ('automerge', 0), ('crisismerge', 1000);
-- All threes of characters there are: those that begin with a shorter text are what that text is looked up by.
CREATE VIRTUAL TABLE name_parts USING fts5vocab (path_names, row);
`,
};
