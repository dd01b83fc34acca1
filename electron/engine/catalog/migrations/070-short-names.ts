/** Which paths have a short name, for patterns of question marks: nothing else is known of what they look for. */
import type { Migration } from './migration.ts';

export const shortNames: Migration = {
  version: 70,
  sql: `
-- By bytes, which are characters in most names; of four at most (search.ts), so that hardly any name costs a row.
CREATE INDEX short_names ON paths (length(name)) WHERE length(name) <= 4;
-- Names that have fewer characters than bytes, or are no text.
CREATE INDEX wide_names ON paths (id) WHERE length(CAST(name AS TEXT)) <> length(name);
`,
};
