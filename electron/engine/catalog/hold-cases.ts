/** Cases for which snapshots are held. */
import { configurationLimits } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { isHolding, releaseWaitMs, type HoldCase } from '../../../shared/model/hold-cases.ts';
import type { Scope } from './operations.ts';
import { advanceRevision } from './revision.ts';

type Row = {
  readonly reference: string;
  readonly requestedBy: string;
  readonly reason: string;
  readonly reviewAtMs: number | null;
  readonly sources: string;
  readonly author: string;
  readonly openedAtMs: number;
  readonly closedBy: string | null;
  readonly closeReason: string | null;
  readonly closedAtMs: number | null;
  readonly endsAtMs: number | null;
};

type NewCase = Omit<HoldCase, 'author' | 'closed'>;
export type CaseChange = {
  readonly reference: string;
  readonly requestedBy?: string | undefined;
  readonly reason?: string | undefined;
  readonly reviewAtMs?: number | null | undefined;
  readonly addSources: readonly string[];
};

const columns = `reference, requested_by AS requestedBy, reason, review_at AS reviewAtMs, sources, actor AS author,
  opened_at AS openedAtMs, closed_by AS closedBy, close_reason AS closeReason, closed_at AS closedAtMs,
  ends_at AS endsAtMs`;

export const holdCases = {
  writes: {
    /** CASE_EXISTS. */
    open(scope: Scope, input: NewCase): HoldCase {
      const { sql, caller } = scope;
      if (find(scope, input.reference) !== null)
        throw new HoldfastError('CASE_EXISTS', `There is a case ${input.reference} already.`);
      const { count } = sql<{ count: number }>('SELECT count(*) AS count FROM hold_cases WHERE tenant = ?').get(
        caller.tenant,
      ) ?? { count: 0 };
      if (count >= configurationLimits.cases)
        throw new HoldfastError('BAD_USAGE', `There are ${count} cases already, which is as many as can be.`);
      const opened: HoldCase = { ...input, author: caller.actor, closed: null };
      insertCase(sql, caller.tenant, opened);
      advanceRevision(scope);
      return opened;
    },

    /** CASE_UNKNOWN. */
    update(scope: Scope, { reference, addSources, ...change }: CaseChange): HoldCase {
      const known = mustBeOpen(scope, reference);
      const changed: HoldCase = {
        ...known,
        requestedBy: change.requestedBy ?? known.requestedBy,
        reason: change.reason ?? known.reason,
        reviewAtMs: change.reviewAtMs === undefined ? known.reviewAtMs : change.reviewAtMs,
        sources: [...new Set([...known.sources, ...addSources])],
      };
      return put(scope, changed);
    },

    /** What it holds stays held for a while. CASE_UNKNOWN. */
    close(scope: Scope, { reference, reason, atMs }: { reference: string; reason: string; atMs: number }): HoldCase {
      const closed = { by: scope.caller.actor, reason, atMs, endsAtMs: atMs + releaseWaitMs };
      return put(scope, { ...mustBeOpen(scope, reference), closed });
    },

    /** CASE_UNKNOWN where what it held is let go already. */
    reopen(scope: Scope, { reference, atMs }: { reference: string; atMs: number }): HoldCase {
      const known = find(scope, reference);
      if (known === null || !isHolding(known, atMs))
        throw new HoldfastError('CASE_UNKNOWN', `No case ${reference} holds anything.`);
      return put(scope, { ...known, closed: null });
    },
  },

  reads: {
    /** All of them: there is a limit to their number. */
    list({ sql, caller }: Scope, _input: null): HoldCase[] {
      return sql<Row>(`SELECT ${columns} FROM hold_cases WHERE tenant = ? ORDER BY opened_at, reference`)
        .all(caller.tenant)
        .map(present);
    },

    /** Snapshots of these sources in all repositories, on any machine. */
    snapshots({ sql, caller }: Scope, { sources }: { readonly sources: readonly string[] }): string[] {
      const of = sql<{ snapshot: string }>(
        `SELECT DISTINCT s.snapshot FROM snapshots s JOIN sources o ON o.id = s.source
         WHERE s.tenant = ? AND o.name = ?`,
      );
      return sources.flatMap((source) => of.all(caller.tenant, source).map(({ snapshot }) => snapshot));
    },

    /** How many snapshots these sources have. A copy at a site is none of its own. */
    count({ sql, caller }: Scope, { sources }: { readonly sources: readonly string[] }): number {
      const of = sql<{ count: number }>(
        `SELECT count(DISTINCT coalesce(s.original, s.snapshot)) AS count FROM snapshots s JOIN sources o ON o.id = s.source
         WHERE s.tenant = ? AND o.name = ?`,
      );
      return [...new Set(sources)].reduce((sum, source) => sum + (of.get(caller.tenant, source)?.count ?? 0), 0);
    },
  },
};

export function insertCase(sql: Scope['sql'], tenant: string, one: HoldCase): void {
  sql(
    `INSERT OR REPLACE INTO hold_cases (tenant, actor, reference, requested_by, reason, review_at, sources, opened_at,
       closed_by, close_reason, closed_at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    tenant,
    one.author,
    one.reference,
    one.requestedBy,
    one.reason,
    one.reviewAtMs,
    JSON.stringify(one.sources),
    one.openedAtMs,
    one.closed?.by ?? null,
    one.closed?.reason ?? null,
    one.closed?.atMs ?? null,
    one.closed?.endsAtMs ?? null,
  );
}

/** CASE_UNKNOWN. */
export function mustBeOpen(scope: Scope, reference: string): HoldCase {
  const known = find(scope, reference);
  if (known !== null && known.closed === null) return known;
  throw new HoldfastError('CASE_UNKNOWN', `No case ${reference} is open.`);
}

function find({ sql, caller }: Scope, reference: string): HoldCase | null {
  const row = sql<Row>(`SELECT ${columns} FROM hold_cases WHERE tenant = ? AND reference = ?`).get(
    caller.tenant,
    reference,
  );
  return row === undefined ? null : present(row);
}

function put(scope: Scope, one: HoldCase): HoldCase {
  insertCase(scope.sql, scope.caller.tenant, one);
  advanceRevision(scope);
  return one;
}

function present({ sources, closedBy, closeReason, closedAtMs, endsAtMs, ...row }: Row): HoldCase {
  const closed =
    closedAtMs === null || endsAtMs === null
      ? null
      : { by: closedBy ?? '', reason: closeReason ?? '', atMs: closedAtMs, endsAtMs };
  return { ...row, sources: JSON.parse(sources) as string[], closed };
}
