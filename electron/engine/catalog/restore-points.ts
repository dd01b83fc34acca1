/** Which snapshots lead back to before a moment: of each source the newest good one that nobody has to suspect. */
import type { Scope } from './operations.ts';

/** Times are epoch milliseconds. */
export type RestorePointRow = {
  readonly source: string;
  readonly hostname: string;
  /** Id in the config of the repository; null where there is no such snapshot. */
  readonly repository: string | null;
  readonly snapshot: string | null;
  readonly takenAtMs: number | null;
  readonly passedOver: number;
  readonly since: number;
};

type Found = { readonly repository: string; readonly snapshot: string; readonly takenAtMs: number };

const mostSources = 5_000;

export const restorePoints = {
  writes: {},
  reads: {
    /** Of the named sources, or of all; by name. The same source may lie in several repositories. */
    before(
      { sql, caller }: Scope,
      { beforeMs, sources }: { beforeMs: number; sources: readonly string[] },
    ): RestorePointRow[] {
      const all = sql<{ source: string; hostname: string }>(
        `SELECT DISTINCT o.name AS source, o.hostname FROM sources o JOIN repositories r ON r.id = o.repository
         WHERE r.tenant = ? AND EXISTS (SELECT 1 FROM snapshots s WHERE s.source = o.id)
         ORDER BY o.name, o.hostname LIMIT ${mostSources}`,
      ).all(caller.tenant);
      const wanted = new Set(sources);
      const newest = sql<Found>(
        `SELECT r.repository, s.snapshot, s.taken_at AS takenAtMs
         FROM sources o JOIN repositories r ON r.id = o.repository JOIN snapshots s ON s.source = o.id
         WHERE r.tenant = ? AND o.name = ? AND o.hostname = ? AND s.taken_at < ?
           AND s.status IN ('complete', 'completeWithExceptions', 'unknown')
           AND NOT EXISTS (SELECT 1 FROM suspect_snapshots x
             WHERE x.tenant = r.tenant AND x.snapshot = s.snapshot AND x.cleared_at IS NULL)
         ORDER BY s.taken_at DESC, s.id DESC LIMIT 1`,
      );
      const counts = sql<{ passedOver: number; since: number }>(
        `SELECT count(*) FILTER (WHERE s.taken_at > ? AND s.taken_at < ?) AS passedOver,
           count(*) FILTER (WHERE s.taken_at >= ?) AS since
         FROM sources o JOIN repositories r ON r.id = o.repository JOIN snapshots s ON s.source = o.id
         WHERE r.tenant = ? AND o.name = ? AND o.hostname = ?`,
      );
      return all
        .filter(({ source }) => wanted.size === 0 || wanted.has(source))
        .map(({ source, hostname }) => {
          const key = [caller.tenant, source, hostname] as const;
          const found = newest.get(...key, beforeMs);
          const count = counts.get(found?.takenAtMs ?? Number.MIN_SAFE_INTEGER, beforeMs, beforeMs, ...key);
          return {
            source,
            hostname,
            ...(found ?? { repository: null, snapshot: null, takenAtMs: null }),
            ...(count ?? { passedOver: 0, since: 0 }),
          };
        });
    },
  },
};
