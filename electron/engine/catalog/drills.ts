/** Drills: how each went, and what of what they made has still to go. */
import type { DrillState } from '../../../shared/model/drills.ts';
import type { Scope } from './operations.ts';
import type { SqlValue } from './statements.ts';

/** Times are epoch milliseconds. */
export type DrillRow = {
  readonly drill: string;
  readonly tenant: string;
  readonly actor: string;
  readonly source: string;
  readonly kind: string;
  readonly how: string;
  readonly repository: string;
  readonly location: string;
  readonly snapshot: string | null;
  readonly takenAtMs: number | null;
  readonly state: DrillState;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly ringFrom: number | null;
  readonly ringTo: number | null;
  readonly isWhole: number;
  readonly items: number;
  readonly bytes: number;
  readonly wholeItems: number;
  readonly wholeBytes: number;
  readonly restoreMs: number | null;
  readonly humanMs: number | null;
  readonly rtoMs: number | null;
  readonly run: string | null;
  readonly evidence: string | null;
  readonly report: string;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
};

export type DrillPlaceRow = {
  readonly id: number;
  readonly drill: string;
  readonly place: string;
  readonly isRunning: number;
};

const changeable = {
  state: 'state',
  engine: 'engine',
  endedAtMs: 'ended_at',
  ringFrom: 'ring_from',
  ringTo: 'ring_to',
  isWhole: 'is_whole',
  items: 'items',
  bytes: 'bytes',
  wholeItems: 'whole_items',
  wholeBytes: 'whole_bytes',
  restoreMs: 'restore_ms',
  humanMs: 'human_ms',
  run: 'run',
  evidence: 'evidence',
  report: 'report',
  errorCode: 'error_code',
  errorMessage: 'error_message',
} as const;

export type DrillChange = { readonly [Name in keyof typeof changeable]?: SqlValue };

type NewDrill = Pick<
  DrillRow,
  | 'drill'
  | 'source'
  | 'kind'
  | 'how'
  | 'repository'
  | 'location'
  | 'snapshot'
  | 'takenAtMs'
  | 'startedAtMs'
  | 'rtoMs'
  | 'report'
> & { readonly engine: string };

const columns = `drill, tenant, actor, source, kind, how, repository, location, snapshot, taken_at AS takenAtMs, state,
  started_at AS startedAtMs, ended_at AS endedAtMs, ring_from AS ringFrom, ring_to AS ringTo, is_whole AS isWhole, items,
  bytes, whole_items AS wholeItems, whole_bytes AS wholeBytes, restore_ms AS restoreMs, human_ms AS humanMs,
  rto_ms AS rtoMs, run, evidence, report, error_code AS errorCode, error_message AS errorMessage`;

/** So long a guided one may wait for a person. */
const patienceMs = 24 * 3_600_000;

/** Of each source: more than a year of weekly ones, from which coverage and trends are told. */
const judged = 60;

export const drills = {
  writes: {
    begin({ sql, caller }: Scope, row: NewDrill): void {
      sql(
        `INSERT INTO drills (drill, tenant, actor, engine, source, kind, how, repository, location, snapshot, taken_at,
           state, started_at, rto_ms, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?)`,
      ).run(
        row.drill,
        caller.tenant,
        caller.actor,
        row.engine,
        row.source,
        row.kind,
        row.how,
        row.repository,
        row.location,
        row.snapshot,
        row.takenAtMs,
        row.startedAtMs,
        row.rtoMs,
        row.report,
      );
    },

    change({ sql, caller }: Scope, { drill, change }: { drill: string; change: DrillChange }): void {
      const given = Object.entries(changeable).filter(([name]) => change[name as keyof DrillChange] !== undefined);
      const set = given.map(([, column]) => `${column} = ?, `).join('');
      const values = given.map(([name]) => change[name as keyof DrillChange] ?? null);
      sql(`UPDATE drills SET ${set}tenant = tenant WHERE tenant = ? AND drill = ?`).run(
        ...values,
        caller.tenant,
        drill,
      );
    },

    /** Before it is made. */
    note({ sql, caller }: Scope, { drill, place, atMs }: { drill: string; place: string; atMs: number }): number {
      const { tenant, actor } = caller;
      const insert = 'INSERT INTO drill_places (drill, tenant, actor, place, noted_at) VALUES (?, ?, ?, ?, ?)';
      return Number(sql(insert).run(drill, tenant, actor, place, atMs).lastInsertRowid);
    },

    gone({ sql, caller }: Scope, { id, atMs }: { id: number; atMs: number }): void {
      sql('UPDATE drill_places SET gone_at = ? WHERE tenant = ? AND id = ?').run(atMs, caller.tenant, id);
    },

    /** What another start of an engine was at is over. A guided one goes on: a person is at it. */
    takeOver({ sql, caller }: Scope, { engine, atMs }: { engine: string; atMs: number }): number {
      return sql(
        `UPDATE drills SET state = 'interrupted', engine = NULL, ended_at = ?
         WHERE tenant = ? AND state = 'running'
           AND CASE how WHEN 'guided' THEN started_at < ? ELSE engine IS NOT ? END`,
      ).run(atMs, caller.tenant, atMs - patienceMs, engine).changes;
    },
  },

  reads: {
    /** Newest first; `before` is the id of one, for the page after it. */
    list(
      { sql, caller }: Scope,
      { source, before, limit }: { source: string | null; before: string | null; limit: number },
    ): DrillRow[] {
      return sql<DrillRow>(
        `SELECT ${columns} FROM drills WHERE tenant = ? AND (? IS NULL OR source = ?)
           AND id < coalesce((SELECT id FROM drills WHERE tenant = ? AND drill = ?), 9223372036854775807)
         ORDER BY id DESC LIMIT ?`,
      ).all(caller.tenant, source, source, caller.tenant, before, limit);
    },

    /** Up to two whose id begins so. */
    find({ sql, caller }: Scope, { beginning }: { beginning: string }): DrillRow[] {
      return sql<DrillRow>(
        `SELECT ${columns} FROM drills WHERE tenant = ? AND drill >= ? AND drill < ? || 'g' ORDER BY drill LIMIT 2`,
      ).all(caller.tenant, beginning, beginning);
    },

    /** By source, newest first; those that ended or run. */
    bySource({ sql, caller }: Scope, _input: null): Record<string, DrillRow[]> {
      const found = Object.create(null) as Record<string, DrillRow[]>;
      for (const { source } of sql<{ source: string }>(
        "SELECT DISTINCT source FROM drills WHERE tenant = ? AND how <> 'plan'",
      ).all(caller.tenant))
        found[source] = sql<DrillRow>(
          `SELECT ${columns} FROM drills WHERE tenant = ? AND source = ? AND how <> 'plan' ORDER BY id DESC LIMIT ${judged}`,
        ).all(caller.tenant, source);
      return found;
    },

    /** What has still to go, oldest first. */
    left({ sql, caller }: Scope, { drill }: { drill: string | null }): DrillPlaceRow[] {
      return sql<DrillPlaceRow>(
        `SELECT p.id, p.drill, p.place, d.state = 'running' AS isRunning FROM drill_places p JOIN drills d ON d.drill = p.drill
         WHERE p.tenant = ? AND p.gone_at IS NULL AND (? IS NULL OR p.drill = ?) ORDER BY p.id`,
      ).all(caller.tenant, drill, drill);
    },
  },
};
