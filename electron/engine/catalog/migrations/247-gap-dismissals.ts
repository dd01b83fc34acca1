/** What somebody has said is not worth protecting: where it is unprotected, it is named no more among the gaps. */
import type { Migration } from './migration.ts';

export const gapDismissals: Migration = {
  version: 247,
  sql: `
CREATE TABLE gap_dismissals (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  gap TEXT NOT NULL,                 -- kind and name: contract/gaps.ts
  reason TEXT NOT NULL,              -- may be empty
  at INTEGER NOT NULL,               -- epoch milliseconds
  PRIMARY KEY (tenant, gap)
) STRICT, WITHOUT ROWID;
`,
};
