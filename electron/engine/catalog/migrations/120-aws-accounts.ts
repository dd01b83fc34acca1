/** Accounts of AWS that were registered under a name, and what is known of them. */
import type { Migration } from './migration.ts';

export const awsAccounts: Migration = {
  version: 120,
  sql: `
CREATE TABLE aws_accounts (
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  actor TEXT NOT NULL,               -- who has changed it last
  definition TEXT NOT NULL,          -- JSON: shared/contract/aws-accounts.ts; nothing secret
  added_by TEXT NOT NULL,
  added_at INTEGER NOT NULL,         -- epoch milliseconds, as all that follow
  changed_at INTEGER NOT NULL,
  secret_at INTEGER,                 -- null: it has none
  identity TEXT,                     -- JSON; null: nobody has asked
  ends_at INTEGER,                   -- of what it was last signed in with; null: not known, or it does not end
  approved_by TEXT,                  -- null: it came from a repository
  approved_at INTEGER,
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
`,
};
