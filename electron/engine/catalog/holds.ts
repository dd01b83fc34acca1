/** Holds: snapshots that are kept whatever retention says, each with its reason. */
import { configurationLimits } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Scope } from './operations.ts';
import { advanceRevision } from './revision.ts';

export type HoldRow = {
  readonly snapshot: string;
  readonly reason: string;
  readonly author: string;
  /** Epoch milliseconds. */
  readonly sinceMs: number;
};

const columns = 'snapshot, reason, actor AS author, since AS sinceMs';

export const holds = {
  writes: {
    hold(scope: Scope, { snapshot, reason, atMs }: { snapshot: string; reason: string; atMs: number }): HoldRow {
      const { sql, caller } = scope;
      const { count } = sql<{ count: number }>('SELECT count(*) AS count FROM holds WHERE tenant = ?').get(
        caller.tenant,
      ) ?? { count: 0 };
      if (count >= configurationLimits.holds)
        throw new HoldfastError('BAD_USAGE', `${count} snapshots are held already, which is as many as can be.`);
      const hold = { snapshot, reason, author: caller.actor, sinceMs: atMs };
      insertHold(sql, caller.tenant, hold);
      advanceRevision(scope);
      return hold;
    },

    /** From a snapshot to the one that has taken its place; null where it is not held. */
    move(scope: Scope, { from, to }: { from: string; to: string }): string | null {
      const { sql, caller } = scope;
      const { changes } = sql('UPDATE OR REPLACE holds SET snapshot = ? WHERE tenant = ? AND snapshot = ?').run(
        to,
        caller.tenant,
        from,
      );
      if (changes === 0) return null;
      advanceRevision(scope);
      return to;
    },

    /** Of the one held snapshot whose id begins so. HOLD_NOT_FOUND, HOLD_AMBIGUOUS. */
    release(scope: Scope, { beginning }: { beginning: string }): HoldRow {
      const { sql, caller } = scope;
      const found = sql<HoldRow>(
        // Ids are of the digits 0 to f: g comes after all of them.
        `SELECT ${columns} FROM holds WHERE tenant = ? AND snapshot >= ? AND snapshot < ? || 'g' LIMIT 2`,
      ).all(caller.tenant, beginning, beginning);
      const [hold, second] = found;
      if (hold === undefined) throw new HoldfastError('HOLD_NOT_FOUND', `No held snapshot begins with ${beginning}.`);
      if (second !== undefined)
        throw new HoldfastError('HOLD_AMBIGUOUS', `Several held snapshots begin with ${beginning}.`);
      sql('DELETE FROM holds WHERE tenant = ? AND snapshot = ?').run(caller.tenant, hold.snapshot);
      advanceRevision(scope);
      return hold;
    },
  },

  reads: {
    /** All of them: there is a limit to their number. */
    list({ sql, caller }: Scope, _input: null): HoldRow[] {
      return sql<HoldRow>(`SELECT ${columns} FROM holds WHERE tenant = ? ORDER BY since, snapshot`).all(caller.tenant);
    },
  },
};

export function insertHold(sql: Scope['sql'], tenant: string, { snapshot, reason, author, sinceMs }: HoldRow): void {
  sql('INSERT OR REPLACE INTO holds (tenant, actor, snapshot, reason, since) VALUES (?, ?, ?, ?, ?)').run(
    tenant,
    author,
    snapshot,
    reason,
    sinceMs,
  );
}
