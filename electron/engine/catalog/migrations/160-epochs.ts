/** How often a console has taken over from another one, so that of two that contradict each other one gives way. */
import type { Migration } from './migration.ts';

export const epochs: Migration = {
  version: 160,
  sql: `
ALTER TABLE configurations ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
`,
};
