/** Who keeps runs that are due from beginning, and until when. */
import type { Scope } from './operations.ts';

/** Times are epoch milliseconds. */
export type PauseRow = {
  readonly scope: 'tenant' | 'source';
  /** Name of the source, or ''. */
  readonly subject: string;
  /** Null: until somebody ends it. */
  readonly untilMs: number | null;
  readonly reason: string;
  readonly sinceMs: number;
  readonly author: string;
};

const columns = 'scope, subject, until_at AS untilMs, reason, since AS sinceMs, actor AS author';

export const pauses = {
  writes: {
    /** Takes the place of the one that is there. */
    set({ sql, caller }: Scope, pause: Omit<PauseRow, 'author'>): PauseRow {
      sql(
        `INSERT OR REPLACE INTO pauses (tenant, actor, scope, subject, until_at, reason, since)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ).run(caller.tenant, caller.actor, pause.scope, pause.subject, pause.untilMs, pause.reason, pause.sinceMs);
      return { ...pause, author: caller.actor };
    },

    /** Also what ended by itself. */
    end({ sql, caller }: Scope, { scope, subject }: Pick<PauseRow, 'scope' | 'subject'>): void {
      sql('DELETE FROM pauses WHERE tenant = ? AND scope = ? AND subject = ?').run(caller.tenant, scope, subject);
    },
  },
  reads: {
    /** Those that hold at that moment. */
    list({ sql, caller }: Scope, { nowMs }: { nowMs: number }): PauseRow[] {
      return sql<PauseRow>(
        `SELECT ${columns} FROM pauses WHERE tenant = ? AND (until_at IS NULL OR until_at > ?)
         ORDER BY scope DESC, subject`,
      ).all(caller.tenant, nowMs);
    },
  },
};
