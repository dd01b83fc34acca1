/** What screens ask for: the size of a snapshot, and how the last run of a source ended. */
import type { Migration } from './migration.ts';

export const console: Migration = {
  version: 60,
  sql: `
ALTER TABLE snapshots ADD COLUMN files INTEGER;  -- null where the program that took it did not say
ALTER TABLE snapshots ADD COLUMN bytes INTEGER;
CREATE INDEX jobs_by_subject ON jobs (tenant, kind, title, id);
`,
};
