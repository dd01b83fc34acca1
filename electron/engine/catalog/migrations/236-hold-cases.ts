/** Legal holds: cases by their reference, with the sources whose snapshots are held until the case is closed. */
import type { Migration } from './migration.ts';

export const holdCases: Migration = {
  version: 236,
  sql: `
CREATE TABLE hold_cases (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who opened it
  reference TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  review_at INTEGER,                 -- epoch milliseconds, as all times; null: nobody has said
  sources TEXT NOT NULL,             -- JSON: names; all their snapshots are held, future ones too
  opened_at INTEGER NOT NULL,
  closed_by TEXT,
  close_reason TEXT,
  closed_at INTEGER,
  ends_at INTEGER,                   -- until when what it holds stays held after it was closed
  PRIMARY KEY (tenant, reference)
) STRICT, WITHOUT ROWID;

ALTER TABLE holds ADD COLUMN case_reference TEXT;
`,
};
