/** What one glance at a source needs: its newest snapshots and how its last protection ended. */
import type { Scope } from './operations.ts';
import { repositoryRow } from './snapshots.ts';

export type SnapshotPoint = { readonly snapshot: string; readonly takenAtMs: number; readonly status: string };

export type SourceOverview = {
  readonly name: string;
  readonly hostname: string;
  readonly snapshots: number;
  readonly oldestAtMs: number | null;
  readonly newest: (SnapshotPoint & { readonly files: number | null; readonly bytes: number | null }) | null;
  readonly newestGood: SnapshotPoint | null;
};

export type EndedRun = {
  readonly job: string;
  readonly state: string;
  readonly endedAtMs: number;
  readonly summary: string | null;
};

const sourcesAtOnce = 500;

/** Partial ones do not count; restic's, which say nothing, do. */
const good = "status IN ('complete', 'completeWithExceptions', 'unknown')";

export const sourceOverview = {
  writes: {},
  reads: {
    /** A page of a repository's sources in the order of their rows; `after` is the last of the page before. */
    list(
      scope: Scope,
      { repository, after }: { repository: string; after: number },
    ): { sources: SourceOverview[]; next: number | null } {
      const rows = scope
        .sql<{ id: number; name: string; hostname: string }>(
          `SELECT id, name, hostname FROM sources WHERE repository = ? AND id > ? ORDER BY id LIMIT ${sourcesAtOnce}`,
        )
        .all(repositoryRow(scope, repository), after);
      const sources = rows.map(({ id, name, hostname }) => ({ name, hostname, ...overviewOf(scope, id) }));
      const next = rows.length < sourcesAtOnce ? null : (rows.at(-1)?.id ?? null);
      return { sources: sources.filter(({ snapshots }) => snapshots > 0), next };
    },

    /** When the newest good snapshot of each of these was taken on this machine, not after a moment, in any known repository. */
    newestGood(
      { sql, caller }: Scope,
      { names, hostname, atMostMs }: { names: readonly string[]; hostname: string; atMostMs: number },
    ): Record<string, number> {
      const query = sql<{ takenAtMs: number }>(
        `SELECT taken_at AS takenAtMs FROM snapshots
         WHERE source = (SELECT id FROM sources WHERE repository = ? AND name = ? AND hostname = ?) AND ${good}
           AND taken_at <= ? ORDER BY position DESC LIMIT 1`,
      );
      // What native snapshots cover counts too, whoever took them.
      const natives = sql<{ coveredAtMs: number }>(
        'SELECT covered_at AS coveredAtMs FROM native_looks WHERE tenant = ? AND source = ? AND covered_at <= ?',
      );
      const repositories = sql<{ id: number }>('SELECT id FROM repositories WHERE tenant = ?').all(caller.tenant);
      const newest = Object.create(null) as Record<string, number>;
      for (const name of names) {
        const found = repositories
          .map(({ id }) => query.get(id, name, hostname, atMostMs)?.takenAtMs)
          .filter((ms) => ms !== undefined);
        const covered = natives.get(caller.tenant, name, atMostMs)?.coveredAtMs;
        if (covered !== undefined) found.push(covered);
        if (found.length > 0) newest[name] = Math.max(...found);
      }
      return newest;
    },

    /** The last protection of each of these that has ended: by itself, or as a part of a system snapshot. */
    lastRuns({ sql, caller }: Scope, { names }: { names: readonly string[] }): Record<string, EndedRun> {
      const query = sql<EndedRun>(
        `SELECT job, state, ended_at AS endedAtMs, summary FROM jobs
         WHERE tenant = ? AND kind = 'protect' AND title = ? AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 1`,
      );
      const together = sql<EndedRun>(
        `SELECT job, CASE state WHEN 'complete' THEN 'done' WHEN 'completeWithExceptions' THEN 'done' ELSE state END AS state,
           ended_at AS endedAtMs, error_message AS summary FROM protection_runs INDEXED BY runs_together
         WHERE tenant = ? AND source = ? AND system_run IS NOT NULL AND ended_at IS NOT NULL AND job IS NOT NULL
           AND state <> 'missed' AND ended_at > ? ORDER BY id DESC LIMIT 1`,
      );
      const runs = Object.create(null) as Record<string, EndedRun>;
      for (const name of names) {
        const alone = query.get(caller.tenant, name);
        const run = together.get(caller.tenant, name, alone?.endedAtMs ?? 0) ?? alone;
        if (run !== undefined) runs[name] = run;
      }
      return runs;
    },
  },
};

function overviewOf({ sql }: Scope, source: number): Omit<SourceOverview, 'name' | 'hostname'> {
  const columns = 'snapshot, taken_at AS takenAtMs, status';
  const counts = sql<{ snapshots: number; oldestAtMs: number | null }>(
    'SELECT count(*) AS snapshots, min(taken_at) AS oldestAtMs FROM snapshots WHERE source = ?',
  ).get(source);
  const newest = sql<NonNullable<SourceOverview['newest']>>(
    `SELECT ${columns}, files, bytes FROM snapshots WHERE source = ? ORDER BY position DESC LIMIT 1`,
  ).get(source);
  const newestGood = sql<SnapshotPoint>(
    `SELECT ${columns} FROM snapshots WHERE source = ? AND ${good} ORDER BY position DESC LIMIT 1`,
  ).get(source);
  return {
    snapshots: counts?.snapshots ?? 0,
    oldestAtMs: counts?.oldestAtMs ?? null,
    newest: newest ?? null,
    newestGood: newestGood ?? null,
  };
}
