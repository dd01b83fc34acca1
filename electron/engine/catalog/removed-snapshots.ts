/** Snapshots that were removed: when, by whom and by which rule, for whoever has to prove it. */
import type { RemovalWay } from '../../../shared/model/reports/retention.ts';
import type { Scope } from './operations.ts';

/** Times are epoch milliseconds. */
export type Removal = {
  readonly snapshot: string;
  readonly source: string;
  readonly takenAtMs: number;
  readonly reasons: readonly string[];
};

export type RemovalRow = Removal & {
  readonly repository: string;
  readonly removedAtMs: number;
  readonly way: RemovalWay;
  readonly author: string;
};

type Stored = Omit<RemovalRow, 'reasons'> & { readonly reasons: string };

/** As long as runs are kept. */
const keptMs = 400 * 24 * 3_600_000;
const stepRows = 200;

export const removedSnapshots = {
  writes: {
    *add(
      { sql, caller }: Scope,
      input: { repository: string; way: RemovalWay; atMs: number; removals: readonly Removal[] },
    ): Generator<void, void> {
      const { repository, way, atMs, removals } = input;
      for (const [at, { snapshot, source, takenAtMs, reasons }] of removals.entries()) {
        sql(
          `INSERT OR IGNORE INTO removed_snapshots
             (tenant, actor, repository, snapshot, source, taken_at, removed_at, way, reasons)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ).run(caller.tenant, caller.actor, repository, snapshot, source, takenAtMs, atMs, way, JSON.stringify(reasons));
        if (at % stepRows === stepRows - 1) yield;
      }
    },

    *trim({ sql, caller }: Scope, { nowMs }: { nowMs: number }): Generator<void, void> {
      for (;;) {
        const { changes } = sql(
          `DELETE FROM removed_snapshots WHERE id IN (
             SELECT id FROM removed_snapshots WHERE tenant = ? AND removed_at < ? LIMIT ${stepRows})`,
        ).run(caller.tenant, nowMs - keptMs);
        if (changes < stepRows) return;
        yield;
      }
    },
  },

  reads: {
    /** Newest first, so many of them, and how many there are in all. */
    list(
      { sql, caller }: Scope,
      { fromMs, toMs, limit }: { fromMs: number; toMs: number; limit: number },
    ): { readonly rows: RemovalRow[]; readonly total: number } {
      const within = 'FROM removed_snapshots WHERE tenant = ? AND removed_at >= ? AND removed_at < ?';
      const rows = sql<Stored>(
        `SELECT snapshot, source, taken_at AS takenAtMs, reasons, repository, removed_at AS removedAtMs, way,
           actor AS author ${within} ORDER BY removed_at DESC, id DESC LIMIT ?`,
      ).all(caller.tenant, fromMs, toMs, limit);
      const total = sql<{ count: number }>(`SELECT count(*) AS count ${within}`).get(caller.tenant, fromMs, toMs);
      return {
        rows: rows.map((row) => ({ ...row, reasons: JSON.parse(row.reasons) as string[] })),
        total: total?.count ?? 0,
      };
    },

    /** Since when they are noted, in this catalog. */
    since({ sql }: Scope, _input: null): number | null {
      return sql<{ since: number }>('SELECT min(since) AS since FROM removals_noted').get()?.since ?? null;
    },
  },
};
