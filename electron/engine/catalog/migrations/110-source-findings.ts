/** What fetching a source found out that outlives the run. */
import type { Migration } from './migration.ts';

export const sourceFindings: Migration = {
  version: 110,
  sql: `
CREATE TABLE source_findings (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  actor TEXT NOT NULL,
  findings TEXT NOT NULL,            -- JSON: shared/model/source-findings.ts
  at INTEGER NOT NULL,               -- epoch milliseconds
  PRIMARY KEY (tenant, source)
) STRICT, WITHOUT ROWID;
`,
};
