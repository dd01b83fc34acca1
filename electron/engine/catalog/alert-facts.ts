/** What the catalog knows that somebody may have to be told of, by the name of the source. */
import type { SourceFacts } from '../../../shared/model/source-alerts.ts';
import type { Scope } from './operations.ts';
import { findingsOf } from './source-findings.ts';

export type CatalogFacts = Pick<
  SourceFacts,
  'lastRun' | 'lostWhileHeld' | 'suspect' | 'review' | 'expiryProblem' | 'findings'
>;

type Outcome = NonNullable<SourceFacts['lastRun']>;

export const alertFacts = {
  writes: {},
  reads: {
    /** Of the named sources. */
    of(scope: Scope, { sources }: { sources: readonly string[] }): Record<string, CatalogFacts> {
      const suspects = suspectsBySource(scope);
      const reviews = reviewsBySource(scope);
      const facts = Object.create(null) as Record<string, CatalogFacts>;
      for (const source of sources) {
        facts[source] = {
          lastRun: lastOutcome(scope, source),
          lostWhileHeld: lostWhileHeld(scope, source),
          suspect: suspects[source] ?? null,
          review: reviews[source] ?? null,
          expiryProblem: expiryProblem(scope, source),
          findings: findingsOf(scope, source),
        };
      }
      return facts;
    },
  },
};

/** What was cancelled, and what an engine that was told to end has stopped, says nothing about the source. */
function lastOutcome({ sql, caller }: Scope, source: string): Outcome | null {
  const rows = sql<Outcome>(
    `SELECT run, ended_at AS endedAtMs, state, error_code AS errorCode, error_message AS errorMessage,
       consistency_problem AS consistencyProblem FROM protection_runs
     WHERE tenant = ? AND source = ? AND state IN ('complete', 'completeWithExceptions', 'partial', 'failed')
     ORDER BY id DESC LIMIT 1`,
  ).get(caller.tenant, source);
  return rows ?? null;
}

/** Of runs after the newest that says something about the source. */
function lostWhileHeld({ sql, caller }: Scope, source: string): NonNullable<CatalogFacts['lostWhileHeld']> | null {
  const row = sql<{ run: string; state: string; problem: string | null }>(
    `SELECT run, state, consistency_problem AS problem FROM protection_runs
     WHERE tenant = ? AND source = ? AND (state IN ('complete', 'completeWithExceptions', 'partial', 'failed')
       OR (state = 'interrupted' AND consistency_problem IS NOT NULL))
     ORDER BY id DESC LIMIT 1`,
  ).get(caller.tenant, source);
  return row?.state === 'interrupted' && row.problem !== null ? { run: row.run, problem: row.problem } : null;
}

function suspectsBySource({ sql, caller }: Scope): Record<string, NonNullable<SourceFacts['suspect']>> {
  const rows = sql<{ source: string; snapshot: string; reason: string; others: number }>(
    `SELECT source, snapshot, reason, others FROM (
       SELECT source, snapshot, reason, count(*) OVER (PARTITION BY source) - 1 AS others,
         row_number() OVER (PARTITION BY source ORDER BY at DESC, snapshot) AS place
       FROM suspect_snapshots WHERE tenant = ? AND cleared_at IS NULL
     ) WHERE place = 1`,
  ).all(caller.tenant);
  const suspects = Object.create(null) as Record<string, NonNullable<SourceFacts['suspect']>>;
  for (const { source, ...suspect } of rows) suspects[source] = suspect;
  return suspects;
}

function reviewsBySource({ sql, caller }: Scope): Record<string, NonNullable<SourceFacts['review']>> {
  const rows = sql<{ source: string; snapshots: string; kept: number; reason: string }>(
    'SELECT source, snapshots, kept, reason FROM retention_reviews WHERE tenant = ? AND decision IS NULL',
  ).all(caller.tenant);
  const reviews = Object.create(null) as Record<string, NonNullable<SourceFacts['review']>>;
  for (const { source, snapshots, kept, reason } of rows)
    reviews[source] = { snapshots: (JSON.parse(snapshots) as string[]).length, kept, reason };
  return reviews;
}

function expiryProblem({ sql, caller }: Scope, source: string): string | null {
  const row = sql<{ state: string; message: string | null }>(
    `SELECT state, error_message AS message FROM jobs
     WHERE tenant = ? AND kind = 'expire' AND title = ? AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 1`,
  ).get(caller.tenant, source);
  // One that is partial did not want to: everything is frozen, or the clock is in doubt, of which there are alerts.
  return row?.state === 'failed' ? (row.message ?? 'It ended before its end.') : null;
}
