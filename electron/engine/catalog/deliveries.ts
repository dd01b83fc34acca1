/** Messages about alerts, tests and pings, on their way by a route: queued before anything is sent, kept with what came of it. */
import { randomBytes } from 'node:crypto';
import type { LastTold, Message } from '../../../shared/model/alert-routing.ts';
import type { Scope } from './operations.ts';

export const deliveryKinds = ['raise', 'remind', 'resolve', 'test', 'ping'] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];

/** Times are epoch milliseconds. */
export type DeliveryRow = {
  readonly delivery: string;
  readonly route: string;
  /** Null: a test, or a ping. */
  readonly alert: string | null;
  readonly kind: DeliveryKind;
  readonly occasion: string;
  /** `dropped`: what it says was over before it was sent. */
  readonly state: 'queued' | 'sent' | 'failed' | 'dropped';
  readonly attempts: number;
  readonly queuedAtMs: number;
  /** When it is tried next; null: it is over. */
  readonly nextAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Why the last attempt failed. */
  readonly problem: string | null;
};

/** What came of an attempt. */
export type Attempt = {
  readonly delivery: string;
  readonly atMs: number;
  readonly problem: string | null;
  /** When it is tried again; null: never. */
  readonly nextAtMs: number | null;
  /** It is not to be told any more. */
  readonly dropped?: boolean;
};

export type EndedDelivery = {
  readonly state: 'sent' | 'failed';
  readonly problem: string | null;
  readonly endedAtMs: number;
};

const columns = `delivery, route, alert, kind, occasion, state, attempts, queued_at AS queuedAtMs, next_at AS nextAtMs,
  ended_at AS endedAtMs, problem`;
const keptMs = 90 * 24 * 3_600_000;
/** Pings come often, and nobody asks for old ones. */
const keptPingMs = 7 * 24 * 3_600_000;
const trimmedAtOnce = 200;
const longestWaitMs = 2 * 3_600_000;

export const deliveries = {
  writes: {
    /** What the newest ping of the route says already is not said again; one that is still on its way is old news then. */
    ping(scope: Scope, { route, occasion, atMs }: { route: string; occasion: string; atMs: number }): void {
      const { sql, caller } = scope;
      const newest = sql<{ occasion: string }>(
        `SELECT occasion FROM deliveries WHERE tenant = ? AND route = ? AND kind = 'ping' ORDER BY id DESC LIMIT 1`,
      ).get(caller.tenant, route);
      if (newest?.occasion === occasion) return;
      sql(
        `UPDATE deliveries SET state = 'dropped', next_at = NULL, ended_at = ?
         WHERE tenant = ? AND route = ? AND kind = 'ping' AND state = 'queued'`,
      ).run(atMs, caller.tenant, route);
      insert(scope, { route, alert: null, kind: 'ping', occasion, atMs });
    },

    /** Before anything is sent: whether it has arrived is not known from then on. */
    trying({ sql, caller }: Scope, { deliveries: ids }: { deliveries: readonly string[] }): void {
      const count = sql(
        "UPDATE deliveries SET attempts = attempts + 1 WHERE tenant = ? AND delivery = ? AND state = 'queued'",
      );
      for (const id of ids) count.run(caller.tenant, id);
    },

    /** A test is told nobody but its route. */
    test(scope: Scope, { route, atMs }: { route: string; atMs: number }): DeliveryRow {
      const id = insert(scope, { route, alert: null, kind: 'test', occasion: '', atMs });
      return mustFind(scope, id);
    },

    settle(scope: Scope, attempt: Attempt): DeliveryRow {
      const { delivery, atMs, problem, nextAtMs, dropped = false } = attempt;
      const state = dropped ? 'dropped' : problem === null ? 'sent' : nextAtMs === null ? 'failed' : 'queued';
      scope
        .sql(
          `UPDATE deliveries SET state = ?, next_at = ?, ended_at = ?, problem = ?
           WHERE tenant = ? AND delivery = ? AND state = 'queued'`,
        )
        .run(
          state,
          state === 'queued' ? nextAtMs : null,
          state === 'queued' ? null : atMs,
          problem,
          scope.caller.tenant,
          delivery,
        );
      return mustFind(scope, delivery);
    },

    /** Nothing that is queued by the route is sent any more. */
    dropRoute({ sql, caller }: Scope, { route, atMs }: { route: string; atMs: number }): void {
      sql(
        `UPDATE deliveries SET state = 'dropped', next_at = NULL, ended_at = ?, problem = 'The route was removed.'
         WHERE tenant = ? AND route = ? AND state = 'queued'`,
      ).run(atMs, caller.tenant, route);
    },

    *trim({ sql, caller }: Scope, { nowMs }: { nowMs: number }): Generator<void, void> {
      for (;;) {
        const { changes } = sql(
          `DELETE FROM deliveries WHERE id IN (
             SELECT id FROM deliveries WHERE tenant = ? AND state <> 'queued'
               AND queued_at < CASE kind WHEN 'ping' THEN ? ELSE ? END
               AND (alert IS NULL OR alert NOT IN (SELECT alert FROM alerts WHERE resolved_at IS NULL))
             LIMIT ${trimmedAtOnce})`,
        ).run(caller.tenant, nowMs - keptPingMs, nowMs - keptMs);
        if (changes < trimmedAtOnce) return;
        yield;
      }
    },
  },

  reads: {
    /**
     * Oldest first, so many of each route that none keeps another waiting. A test is sent by whoever asks for it, or never.
     * Nothing waits for longer than an hour: what a clock that was ahead has put off is due.
     */
    due({ sql, caller }: Scope, { nowMs, limit }: { nowMs: number; limit: number }): DeliveryRow[] {
      return sql<DeliveryRow>(
        `SELECT ${columns} FROM (
           SELECT *, row_number() OVER (PARTITION BY route ORDER BY id) AS place FROM deliveries
           WHERE tenant = ? AND state = 'queued' AND (next_at <= ? OR next_at > ?) AND kind <> 'test'
         ) WHERE place <= ? ORDER BY id`,
      ).all(caller.tenant, nowMs, nowMs + longestWaitMs, limit);
    },

    /** Newest first; `before` is the id of a delivery, for the page after it. */
    list(
      { sql, caller }: Scope,
      { route, before, limit }: { route: string | null; before: string | null; limit: number },
    ): DeliveryRow[] {
      return sql<DeliveryRow>(
        `SELECT ${columns} FROM deliveries WHERE tenant = ? AND (? IS NULL OR route = ?)
           AND id < coalesce((SELECT id FROM deliveries WHERE tenant = ? AND delivery = ?), 9223372036854775807)
         ORDER BY id DESC LIMIT ?`,
      ).all(caller.tenant, route, route, caller.tenant, before, limit);
    },

    /** The newest of each of these routes that was brought to an end. */
    lastEnded({ sql, caller }: Scope, { routes }: { routes: readonly string[] }): Record<string, EndedDelivery> {
      const query = sql<EndedDelivery>(
        `SELECT state, problem, ended_at AS endedAtMs FROM deliveries
         WHERE tenant = ? AND route = ? AND state IN ('sent', 'failed') ORDER BY id DESC LIMIT 1`,
      );
      const found = Object.create(null) as Record<string, EndedDelivery>;
      for (const route of routes) {
        const row = query.get(caller.tenant, route);
        if (row !== undefined) found[route] = row;
      }
      return found;
    },
  },
};

export type Told = LastTold & { readonly attempts: number };

type ToldRow = Told & { readonly alert: string };

/** The newest message about each open alert on the route, by the alert's id. */
export function toldOfOpen({ sql, caller }: Scope, route: string): ReadonlyMap<string, Told> {
  const rows = sql<ToldRow>(
    `SELECT d.alert, d.kind, d.state, d.attempts, d.queued_at AS queuedAtMs, newest.count FROM (
       SELECT max(m.id) AS id, count(*) AS count FROM alerts a JOIN deliveries m ON m.tenant = a.tenant AND m.alert = a.alert
       WHERE a.tenant = ? AND a.resolved_at IS NULL AND m.route = ? GROUP BY a.alert
     ) newest JOIN deliveries d ON d.id = newest.id`,
  ).all(caller.tenant, route);
  return new Map(rows.map((row) => [row.alert, row]));
}

export function lastTold({ sql, caller }: Scope, route: string, alert: string): Told | null {
  const rows = sql<Omit<Told, 'count'>>(
    `SELECT kind, state, attempts, queued_at AS queuedAtMs FROM deliveries
     WHERE tenant = ? AND alert = ? AND route = ? ORDER BY id DESC`,
  ).all(caller.tenant, alert, route);
  const [newest] = rows;
  return newest === undefined ? null : { ...newest, count: rows.length };
}

type NewMessage = Message & { readonly route: string; readonly alert: string; readonly atMs: number };

export function queueMessage(scope: Scope, message: NewMessage): void {
  insert(scope, message);
}

/** What it says is over before it was said. */
export function dropQueued({ sql, caller }: Scope, route: string, alert: string, atMs: number): void {
  sql(
    `UPDATE deliveries SET state = 'dropped', next_at = NULL, ended_at = ?, problem = 'It was over before it was sent.'
     WHERE tenant = ? AND route = ? AND alert = ? AND state = 'queued'`,
  ).run(atMs, caller.tenant, route, alert);
}

type Inserted = Pick<DeliveryRow, 'route' | 'alert' | 'kind' | 'occasion'> & { readonly atMs: number };

function insert({ sql, caller }: Scope, { route, alert, kind, occasion, atMs }: Inserted): string {
  const id = randomBytes(8).toString('hex');
  sql(
    `INSERT OR IGNORE INTO deliveries (delivery, tenant, actor, route, alert, kind, occasion, state, queued_at, next_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
  ).run(id, caller.tenant, caller.actor, route, alert, kind, occasion, atMs, atMs);
  return id;
}

function mustFind({ sql, caller }: Scope, delivery: string): DeliveryRow {
  const row = sql<DeliveryRow>(`SELECT ${columns} FROM deliveries WHERE tenant = ? AND delivery = ?`).get(
    caller.tenant,
    delivery,
  );
  if (row === undefined) throw new Error(`no delivery ${delivery}`);
  return row;
}
