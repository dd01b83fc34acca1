/** What hooks have frozen and nobody has thawed yet. */
import type { Hook } from '../../../shared/model/hooks.ts';
import type { Scope } from './operations.ts';

export type OpenFreeze = {
  readonly run: string;
  readonly source: string;
  /** What thaws it, as it was when it was frozen. */
  readonly after: Hook;
  /** Epoch milliseconds. */
  readonly atMs: number;
};

type Row = Omit<OpenFreeze, 'after'> & { readonly after: string };

export const openFreezes = {
  writes: {
    /** `engine`: which start of an engine is at it. */
    begin(
      { sql, caller }: Scope,
      { run, source, after, atMs, engine }: OpenFreeze & { readonly engine: string },
    ): void {
      sql(
        `INSERT INTO open_freezes (run, tenant, actor, engine, source, after_hook, begun_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ).run(run, caller.tenant, caller.actor, engine, source, JSON.stringify(after), atMs);
    },

    /** Doing it again changes nothing. */
    end({ sql, caller }: Scope, { run }: { run: string }): void {
      sql('DELETE FROM open_freezes WHERE tenant = ? AND run = ?').run(caller.tenant, run);
    },
  },

  reads: {
    /** By other engines than this one, oldest first; of one source, or of all. */
    left({ sql, caller }: Scope, { engine, source }: { engine: string; source: string | null }): OpenFreeze[] {
      return sql<Row>(
        `SELECT run, source, after_hook AS after, begun_at AS atMs FROM open_freezes
         WHERE tenant = ? AND engine <> ? AND (? IS NULL OR source = ?) ORDER BY begun_at`,
      )
        .all(caller.tenant, engine, source, source)
        .map((row) => ({ ...row, after: JSON.parse(row.after) as Hook }));
    },
  },
};
