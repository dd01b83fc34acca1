/** What fetching a source found out that outlives the run. */
import {
  findingsAfter,
  noFindings,
  type KnownFindings,
  type SourceFinding,
} from '../../../shared/model/source-findings.ts';
import type { Scope } from './operations.ts';

export type FoundByRun = {
  readonly source: string;
  readonly run: string;
  readonly found: readonly SourceFinding[];
  /** False where the run failed before it had found out all. */
  readonly isWhole: boolean;
  readonly atMs: number;
};

export const sourceFindings = {
  writes: {
    /** After fetching, also where nothing was found: what was, may be over. */
    note(scope: Scope, { source, run, found, isWhole, atMs }: FoundByRun): void {
      const { sql, caller } = scope;
      const before = findingsOf(scope, source);
      const after = findingsAfter(before, run, found);
      const { missing, damaged, expiresAtMs } = isWhole ? after : before;
      const findings = { ...after, missing, damaged, expiresAtMs };
      sql(
        `INSERT INTO source_findings (tenant, source, actor, findings, at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (tenant, source) DO UPDATE SET actor = excluded.actor, findings = excluded.findings, at = excluded.at`,
      ).run(caller.tenant, source, caller.actor, JSON.stringify(findings), atMs);
    },
  },
  reads: {},
};

export function findingsOf({ sql, caller }: Scope, source: string): KnownFindings {
  const row = sql<{ findings: string }>('SELECT findings FROM source_findings WHERE tenant = ? AND source = ?').get(
    caller.tenant,
    source,
  );
  // What an earlier version has written does not know of all there is.
  return row === undefined ? noFindings : { ...noFindings, ...(JSON.parse(row.findings) as Partial<KnownFindings>) };
}
