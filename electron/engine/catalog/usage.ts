/** What repositories held from day to day, and how much fits where they lie. */
import type { Scope } from './operations.ts';

export type UsageRow = {
  /** The id in its config. */
  readonly repository: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly bytes: number;
  /** Null where nobody knows how much fits. */
  readonly fitsBytes: number | null;
  readonly fitsFrom: 'disk' | 'server' | null;
};

const dayMs = 86_400_000;
const keptDays = 800;
const columns = 'repository, at AS atMs, used AS bytes, fits AS fitsBytes, fits_from AS fitsFrom';

export const usage = {
  writes: {
    /** Of a day the last one counts. */
    note({ sql, caller }: Scope, { repository, atMs, bytes, fitsBytes, fitsFrom }: UsageRow): void {
      const day = Math.floor(atMs / dayMs);
      sql(
        `INSERT OR REPLACE INTO usage_samples (tenant, actor, repository, day, at, used, fits, fits_from)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(caller.tenant, caller.actor, repository, day, atMs, bytes, fitsBytes, fitsFrom);
      sql('DELETE FROM usage_samples WHERE tenant = ? AND repository = ? AND day < ?').run(
        caller.tenant,
        repository,
        day - keptDays,
      );
    },
  },

  reads: {
    /** In order, from a moment on; of one repository, or of all. */
    list(
      { sql, caller }: Scope,
      { repository, sinceMs }: { readonly repository: string | null; readonly sinceMs: number },
    ): UsageRow[] {
      const since = Math.floor(sinceMs / dayMs);
      return repository === null
        ? sql<UsageRow>(
            `SELECT ${columns} FROM usage_samples WHERE tenant = ? AND day >= ? ORDER BY repository, day LIMIT 200000`,
          ).all(caller.tenant, since)
        : sql<UsageRow>(
            `SELECT ${columns} FROM usage_samples WHERE tenant = ? AND repository = ? AND day >= ? ORDER BY day`,
          ).all(caller.tenant, repository, since);
    },

    /** Snapshots there whose lock holds, of all; and when the first of these ends: null, where none ever does. */
    locked(
      { sql, caller }: Scope,
      { repository, nowMs }: { readonly repository: string; readonly nowMs: number },
    ): { readonly locked: number; readonly snapshots: number; readonly firstEndMs: number | null } {
      const lock = "json_extract(s.labels, '$.lockedUntil')";
      const row = sql<{ locked: number; snapshots: number; firstEndMs: number | null }>(
        `SELECT count(*) AS snapshots, count(CASE WHEN ${lock} = 'forever' OR ${lock} > ? THEN 1 END) AS locked,
           min(CASE WHEN ${lock} <> 'forever' AND ${lock} > ? THEN ${lock} END) AS firstEndMs
         FROM snapshots s JOIN repositories r ON r.id = s.repository WHERE r.tenant = ? AND r.repository = ?`,
      ).get(nowMs, nowMs, caller.tenant, repository);
      return row ?? { locked: 0, snapshots: 0, firstEndMs: null };
    },
  },
};
