/** Gaps that somebody has said are not worth closing, with who and when. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Scope } from './operations.ts';

/** `atMs`: epoch milliseconds. */
export type GapDismissal = {
  readonly gap: string;
  readonly author: string;
  readonly reason: string;
  readonly atMs: number;
};

const maximum = 10_000;

export const gapDismissals = {
  writes: {
    put({ sql, caller }: Scope, { gap, reason, atMs }: { gap: string; reason: string; atMs: number }): void {
      const { count } = sql<{ count: number }>('SELECT count(*) AS count FROM gap_dismissals WHERE tenant = ?').get(
        caller.tenant,
      ) ?? { count: 0 };
      if (count >= maximum) throw new HoldfastError('BAD_USAGE', `${count} gaps are put aside already.`);
      sql('INSERT OR REPLACE INTO gap_dismissals (tenant, actor, gap, reason, at) VALUES (?, ?, ?, ?, ?)').run(
        caller.tenant,
        caller.actor,
        gap,
        reason,
        atMs,
      );
    },

    remove({ sql, caller }: Scope, { gap }: { gap: string }): void {
      sql('DELETE FROM gap_dismissals WHERE tenant = ? AND gap = ?').run(caller.tenant, gap);
    },
  },

  reads: {
    /** All of them: there is a limit to their number. */
    list({ sql, caller }: Scope, _input: null): GapDismissal[] {
      return sql<GapDismissal>(
        'SELECT gap, actor AS author, reason, at AS atMs FROM gap_dismissals WHERE tenant = ? ORDER BY gap',
      ).all(caller.tenant);
    },
  },
};
