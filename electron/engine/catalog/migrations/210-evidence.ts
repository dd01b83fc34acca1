/** What evidence there is, to be listed and searched: the records themselves lie in chains in the home. */
import type { Migration } from './migration.ts';

export const evidence: Migration = {
  version: 210,
  sql: `
CREATE TABLE evidence_records (
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  id TEXT NOT NULL,
  chain TEXT NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  subject TEXT NOT NULL,
  result TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX evidence_by_end ON evidence_records (tenant, ended_at DESC, id);
CREATE INDEX evidence_by_subject ON evidence_records (tenant, subject);
`,
};
