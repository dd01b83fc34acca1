/** What reports ask of the book of runs and of the queue of sync that no screen asks. */
import type { Scope } from './operations.ts';

type Span = { readonly fromMs: number; readonly toMs: number };

export type TroubledRun = {
  readonly source: string;
  readonly atMs: number;
  readonly state: string;
  readonly message: string | null;
};

export type SyncTotals = {
  readonly site: string;
  readonly snapshots: number;
  readonly skipped: number;
  readonly failed: number;
  readonly bytes: number;
  readonly netBytes: number;
  readonly durationMs: number;
};

const trouble = "state IN ('partial', 'failed', 'interrupted', 'cancelled', 'missed')";

export const reportFacts = {
  writes: {},
  reads: {
    /** Runs that were not complete, newest first, so many of them and how many there are. */
    troubles(
      { sql, caller }: Scope,
      { fromMs, toMs, limit }: Span & { readonly limit: number },
    ): { readonly runs: TroubledRun[]; readonly total: number } {
      const within = `FROM protection_runs WHERE tenant = ? AND asked_at >= ? AND asked_at < ? AND ended_at IS NOT NULL AND ${trouble}`;
      const runs = sql<TroubledRun>(
        `SELECT source, asked_at AS atMs, state, error_message AS message ${within} ORDER BY asked_at DESC, id DESC LIMIT ?`,
      ).all(caller.tenant, fromMs, toMs, limit);
      const total = sql<{ count: number }>(`SELECT count(*) AS count ${within}`).get(caller.tenant, fromMs, toMs);
      return { runs, total: total?.count ?? 0 };
    },

    /** Names of sources that ran in the time, registered or not. */
    sourcesThatRan({ sql, caller }: Scope, { fromMs, toMs }: Span): string[] {
      return sql<{ source: string }>(
        `SELECT DISTINCT source FROM protection_runs WHERE tenant = ? AND asked_at >= ? AND asked_at < ? AND ended_at IS NOT NULL`,
      )
        .all(caller.tenant, fromMs, toMs)
        .map(({ source }) => source);
    },

    /** What runs have stored in each repository (id in its config), in each stretch between two bounds; those without are left out. */
    storedByDay(
      { sql, caller }: Scope,
      { bounds }: { readonly bounds: readonly number[] },
    ): { readonly repository: string; readonly day: number; readonly bytes: number }[] {
      const query = sql<{ repository: string; bytes: number }>(
        `SELECT repository, sum(bytes_stored) AS bytes FROM protection_runs
         WHERE tenant = ? AND asked_at >= ? AND asked_at < ? AND ended_at IS NOT NULL AND bytes_stored IS NOT NULL
           AND repository IS NOT NULL GROUP BY repository`,
      );
      return bounds
        .slice(1)
        .flatMap((to, day) => query.all(caller.tenant, bounds[day] ?? to, to).map((row) => ({ ...row, day })));
    },

    /** What was sent to each site, of items that ended in the time. */
    syncTotals({ sql, caller }: Scope, { fromMs, toMs }: Span): SyncTotals[] {
      return sql<SyncTotals>(
        `SELECT site, sum(state = 'done') AS snapshots, sum(state = 'skipped') AS skipped, sum(state = 'failed') AS failed,
           sum(coalesce(json_extract(figures, '$.sentBytes'), 0)) AS bytes,
           sum(coalesce(json_extract(figures, '$.sentNetBytes'), 0)) AS netBytes,
           sum(CASE WHEN state = 'done' THEN max(0, ended_at - started_at) ELSE 0 END) AS durationMs
         FROM sync_items WHERE tenant = ? AND ended_at >= ? AND ended_at < ? GROUP BY site`,
      ).all(caller.tenant, fromMs, toMs);
    },

    /** Newest first. */
    syncFailures(
      { sql, caller }: Scope,
      { fromMs, toMs, limit }: Span & { readonly limit: number },
    ): { readonly site: string; readonly source: string; readonly atMs: number; readonly message: string | null }[] {
      return sql<{ site: string; source: string; atMs: number; message: string | null }>(
        `SELECT site, source, ended_at AS atMs, error_message AS message FROM sync_items
         WHERE tenant = ? AND state = 'failed' AND ended_at >= ? AND ended_at < ? ORDER BY id DESC LIMIT ?`,
      ).all(caller.tenant, fromMs, toMs, limit);
    },
  },
};
