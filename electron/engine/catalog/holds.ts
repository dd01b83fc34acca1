/** Holds: snapshots that are kept whatever retention says, each with its reason. */
import { configurationLimits } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { isHolding } from '../../../shared/model/hold-cases.ts';
import { holdCases, mustBeOpen } from './hold-cases.ts';
import type { Scope } from './operations.ts';
import { advanceRevision } from './revision.ts';

export type HoldRow = {
  readonly snapshot: string;
  readonly reason: string;
  readonly author: string;
  /** Epoch milliseconds. */
  readonly sinceMs: number;
  /** Reference of the case it is held for. */
  readonly case: string | null;
};

const columns = 'snapshot, reason, actor AS author, since AS sinceMs, case_reference AS "case"';

export const holds = {
  writes: {
    /** CASE_UNKNOWN where it is held for one that is not open; HOLD_OF_CASE where it is held for another one. */
    hold(
      scope: Scope,
      input: { snapshot: string; reason: string; atMs: number; case?: string | null | undefined },
    ): HoldRow {
      const { snapshot, reason, atMs, case: reference = null } = input;
      const { sql, caller } = scope;
      const { count } = sql<{ count: number }>('SELECT count(*) AS count FROM holds WHERE tenant = ?').get(
        caller.tenant,
      ) ?? { count: 0 };
      if (count >= configurationLimits.holds)
        throw new HoldfastError('BAD_USAGE', `${count} snapshots are held already, which is as many as can be.`);
      if (reference !== null) mustBeOpen(scope, reference);
      const before = sql<HoldRow>(`SELECT ${columns} FROM holds WHERE tenant = ? AND snapshot = ?`).get(
        caller.tenant,
        snapshot,
      );
      if (before !== undefined && before.case !== reference) mustBeFree(scope, before, atMs);
      const hold = { snapshot, reason, author: caller.actor, sinceMs: atMs, case: reference };
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

    /** Of the one held snapshot whose id begins so. HOLD_NOT_FOUND, HOLD_AMBIGUOUS, HOLD_OF_CASE. */
    release(scope: Scope, { beginning, atMs = Date.now() }: { beginning: string; atMs?: number }): HoldRow {
      const { sql, caller } = scope;
      const found = sql<HoldRow>(
        // Ids are of the digits 0 to f: g comes after all of them.
        `SELECT ${columns} FROM holds WHERE tenant = ? AND snapshot >= ? AND snapshot < ? || 'g' LIMIT 2`,
      ).all(caller.tenant, beginning, beginning);
      const [hold, second] = found;
      if (hold === undefined) throw new HoldfastError('HOLD_NOT_FOUND', `No held snapshot begins with ${beginning}.`);
      if (second !== undefined)
        throw new HoldfastError('HOLD_AMBIGUOUS', `Several held snapshots begin with ${beginning}.`);
      mustBeFree(scope, hold, atMs);
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

/** What a case holds is let go by closing it, which waits: so it is with every lock. */
function mustBeFree(scope: Scope, { snapshot, case: reference }: HoldRow, nowMs: number): void {
  if (reference === null) return;
  const known = holdCases.reads.list(scope, null).find((one) => one.reference === reference);
  if (known === undefined || !isHolding(known, nowMs)) return;
  const text = `Snapshot ${snapshot.slice(0, 8)} is held for the case ${reference}.`;
  throw new HoldfastError('HOLD_OF_CASE', text);
}

export function insertHold(sql: Scope['sql'], tenant: string, hold: HoldRow): void {
  const { snapshot, reason, author, sinceMs } = hold;
  sql(
    'INSERT OR REPLACE INTO holds (tenant, actor, snapshot, reason, since, case_reference) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(tenant, author, snapshot, reason, sinceMs, hold.case);
}
