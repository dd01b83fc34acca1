/** What each repository held and what fits there, once a day: what growth and the day it is full are drawn from. */
import type { Migration } from './migration.ts';

export const usage: Migration = {
  version: 235,
  sql: `
CREATE TABLE usage_samples (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  repository TEXT NOT NULL,          -- the id in its config
  day INTEGER NOT NULL,              -- of UTC, counted from 1970
  at INTEGER NOT NULL,               -- epoch milliseconds
  used INTEGER NOT NULL,             -- bytes of all its files
  fits INTEGER,                      -- bytes that fit at all; null: nobody knows
  fits_from TEXT CHECK (fits_from IN ('disk', 'server')),
  PRIMARY KEY (tenant, repository, day)
) STRICT, WITHOUT ROWID;
`,
};
