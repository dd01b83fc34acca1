/** Runs of all sources are listed without looking at all there are. */
import type { Migration } from './migration.ts';

export const runsInOrder: Migration = {
  version: 95,
  sql: `
CREATE INDEX protection_runs_in_order ON protection_runs (tenant, id);
`,
};
