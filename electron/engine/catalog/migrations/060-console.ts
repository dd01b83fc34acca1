/** What screens ask for: how much a snapshot holds, and the runs of one source. */
import type { Migration } from './migration.ts';

export const consoleQueries: Migration = {
  version: 60,
  sql: `
-- Null where whoever took the snapshot did not say, and for snapshots that were listed before.
ALTER TABLE snapshots ADD COLUMN files INTEGER;
ALTER TABLE snapshots ADD COLUMN bytes INTEGER;
-- Pages over all snapshots of a repository.
CREATE INDEX snapshots_by_time ON snapshots (repository, position);
CREATE INDEX jobs_by_subject ON jobs (tenant, kind, title, id);
`,
};
