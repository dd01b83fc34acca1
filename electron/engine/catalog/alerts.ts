/** Alerts: what is open, what somebody has said about it, what is over. Raising and telling are one transaction. */
import { randomBytes } from 'node:crypto';
import { farewellFor, messageFor, type RoutePolicy } from '../../../shared/model/alert-routing.ts';
import {
  reconcileAlerts,
  type AlertKey,
  type AlertLevel,
  type Condition,
  type OpenAlert,
  type PutAside,
  type Unknown,
} from '../../../shared/model/alerts.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { dropQueued, lastTold, queueMessage, toldOfOpen } from './deliveries.ts';
import type { Scope } from './operations.ts';

/** Times are epoch milliseconds. */
export type AlertRow = OpenAlert & {
  readonly level: AlertLevel;
  readonly raisedAtMs: number;
  readonly changedAtMs: number;
  readonly acknowledgedAtMs: number | null;
  readonly acknowledgedBy: string | null;
  readonly snoozedUntilMs: number | null;
  readonly snoozedBy: string | null;
  readonly resolvedAtMs: number | null;
  /** Null while it is open, or where it has ended by itself. */
  readonly resolvedBy: string | null;
};

export type Reconciliation = {
  readonly conditions: readonly Condition[];
  readonly unknown: readonly Unknown[];
  /** Those that are switched on. */
  readonly routes: readonly RoutePolicy[];
  readonly nowMs: number;
};

export type Reconciled = {
  readonly raised: number;
  readonly updated: number;
  readonly resolved: number;
  readonly queued: number;
};

const alertColumns = `alert, rule, subject_kind AS kind, subject, level, title, detail, todo, occasion,
  raised_at AS raisedAtMs, changed_at AS changedAtMs, acknowledged_at AS acknowledgedAtMs,
  acknowledged_by AS acknowledgedBy, snoozed_until AS snoozedUntilMs, snoozed_by AS snoozedBy,
  resolved_at AS resolvedAtMs, resolved_by AS resolvedBy`;

const keptMs = 400 * 24 * 3_600_000;
const atOnce = 100;

export const alerts = {
  writes: {
    /**
     * Brings alerts to what holds now, and queues what there is to tell of it. An alert ends in one slice with its
     * messages; what is to be told of open ones follows from what is stored, so that doing it again does no harm.
     */
    *reconcile(scope: Scope, input: Reconciliation): Generator<void, Reconciled, void> {
      const open = openAlerts(scope);
      const putAside = input.conditions.flatMap((condition) => putAsideOf(scope, condition));
      const changes = reconcileAlerts(input.conditions, { open, unknown: input.unknown, putAside });
      let queued = 0;
      yield;
      for (const [index, condition] of changes.raise.entries()) {
        raise(scope, condition, input.nowMs);
        if (index % atOnce === atOnce - 1) yield;
      }
      for (const [index, alert] of changes.update.entries()) {
        update(scope, alert, input.nowMs);
        if (index % atOnce === atOnce - 1) yield;
      }
      for (const alert of changes.resolve) {
        queued += end(scope, alert.alert, input, { by: null, aside: false });
        yield;
      }
      for (const route of input.routes) {
        const told = toldOfOpen(scope, route.route);
        yield;
        for (const alert of openAlerts(scope)) {
          const last = told.get(alert.alert) ?? null;
          const message = messageFor(route, standingOf(alert), last, input.nowMs);
          if (message === null) continue;
          queueMessage(scope, { route: route.route, alert: alert.alert, ...message, atMs: input.nowMs });
          queued += 1;
          if (queued % atOnce === 0) yield;
        }
      }
      return {
        raised: changes.raise.length,
        updated: changes.update.length,
        resolved: changes.resolve.length,
        queued,
      };
    },

    /** Somebody has seen it and sees to it: no reminders. ALERT_UNKNOWN. */
    acknowledge(scope: Scope, { alert, atMs }: { alert: string; atMs: number }): AlertRow {
      const { tenant, actor } = scope.caller;
      mustBeOpen(scope, alert);
      scope
        .sql('UPDATE alerts SET acknowledged_at = ?, acknowledged_by = ? WHERE tenant = ? AND alert = ?')
        .run(atMs, actor, tenant, alert);
      return mustFind(scope, alert);
    },

    /** No reminders until then, and one at that time. ALERT_UNKNOWN. */
    snooze(scope: Scope, { alert, untilMs }: { alert: string; untilMs: number }): AlertRow {
      const { tenant, actor } = scope.caller;
      mustBeOpen(scope, alert);
      scope
        .sql(
          `UPDATE alerts SET snoozed_until = ?, snoozed_by = ?, acknowledged_at = NULL, acknowledged_by = NULL
           WHERE tenant = ? AND alert = ?`,
        )
        .run(untilMs, actor, tenant, alert);
      return mustFind(scope, alert);
    },

    /** Takes back what was said about it. ALERT_UNKNOWN. */
    reopen(scope: Scope, { alert }: { alert: string }): AlertRow {
      mustBeOpen(scope, alert);
      scope
        .sql(
          `UPDATE alerts SET snoozed_until = NULL, snoozed_by = NULL, acknowledged_at = NULL, acknowledged_by = NULL
           WHERE tenant = ? AND alert = ?`,
        )
        .run(scope.caller.tenant, alert);
      return mustFind(scope, alert);
    },

    /** Puts one happening aside. ALERT_UNKNOWN; ALERT_STANDS where it simply is so, and ends when it is not. */
    resolve(
      scope: Scope,
      { alert, routes, atMs }: { alert: string; routes: readonly RoutePolicy[]; atMs: number },
    ): AlertRow {
      const row = mustBeOpen(scope, alert);
      if (row.occasion === '')
        throw new HoldfastError('ALERT_STANDS', `“${row.title}” is so at this moment: it ends when that ends.`);
      end(scope, alert, { routes, nowMs: atMs }, { by: scope.caller.actor, aside: true });
      return mustFind(scope, alert);
    },

    /** Forgets what was over long ago, a part at a time. */
    *trim({ sql, caller }: Scope, { nowMs }: { nowMs: number }): Generator<void, void> {
      for (;;) {
        const { changes } = sql(
          `DELETE FROM alerts WHERE id IN (SELECT id FROM alerts
             WHERE tenant = ? AND resolved_at IS NOT NULL AND resolved_at < ? LIMIT ${atOnce})`,
        ).run(caller.tenant, nowMs - keptMs);
        if (changes < atOnce) return;
        yield;
      }
    },
  },

  reads: {
    /** Worst first, then oldest first. */
    open(scope: Scope, { limit }: { limit: number }): { alerts: AlertRow[]; total: number } {
      const { sql, caller } = scope;
      const total = sql<{ total: number }>(
        'SELECT count(*) AS total FROM alerts WHERE tenant = ? AND resolved_at IS NULL',
      ).get(caller.tenant);
      const found = sql<AlertRow>(
        `SELECT ${alertColumns} FROM alerts WHERE tenant = ? AND resolved_at IS NULL
         ORDER BY CASE level WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, raised_at, id LIMIT ?`,
      ).all(caller.tenant, limit);
      return { alerts: found, total: total?.total ?? 0 };
    },

    /** Newest first; `before` is the id of an alert, for the page after it. */
    resolved({ sql, caller }: Scope, { before, limit }: { before: string | null; limit: number }): AlertRow[] {
      return sql<AlertRow>(
        `SELECT ${alertColumns} FROM alerts
         WHERE tenant = ? AND resolved_at IS NOT NULL
           AND id < coalesce((SELECT id FROM alerts WHERE tenant = ? AND alert = ?), 9223372036854775807)
         ORDER BY id DESC LIMIT ?`,
      ).all(caller.tenant, caller.tenant, before, limit);
    },

    /** Those of these ids that are still known. */
    of({ sql, caller }: Scope, { alerts: ids }: { alerts: readonly string[] }): AlertRow[] {
      const query = sql<AlertRow>(`SELECT ${alertColumns} FROM alerts WHERE tenant = ? AND alert = ?`);
      return ids.map((id) => query.get(caller.tenant, id)).filter((row) => row !== undefined);
    },

    /** Those of all whose id begins so; two at most. */
    matching({ sql, caller }: Scope, { beginning }: { beginning: string }): AlertRow[] {
      return sql<AlertRow>(
        `SELECT ${alertColumns} FROM alerts WHERE tenant = ? AND substr(alert, 1, ?) = ? ORDER BY id DESC LIMIT 2`,
      ).all(caller.tenant, beginning.length, beginning);
    },
  },
};

function openAlerts({ sql, caller }: Scope): AlertRow[] {
  return sql<AlertRow>(`SELECT ${alertColumns} FROM alerts WHERE tenant = ? AND resolved_at IS NULL ORDER BY id`).all(
    caller.tenant,
  );
}

/** Where the newest alert of the key was resolved by a person. */
function putAsideOf({ sql, caller }: Scope, { rule, kind, subject, occasion }: Condition): PutAside[] {
  if (occasion === '') return [];
  const row = sql<AlertKey & { occasion: string; aside: number }>(
    `SELECT rule, subject_kind AS kind, subject, occasion, aside FROM alerts
     WHERE tenant = ? AND rule = ? AND subject_kind = ? AND subject = ? ORDER BY id DESC LIMIT 1`,
  ).get(caller.tenant, rule, kind, subject);
  return row?.aside === 1 ? [row] : [];
}

function raise({ sql, caller }: Scope, condition: Condition, nowMs: number): void {
  sql(
    `INSERT OR IGNORE INTO alerts (alert, tenant, actor, rule, subject_kind, subject, level, title, detail, todo, occasion,
       raised_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    randomBytes(8).toString('hex'),
    caller.tenant,
    caller.actor,
    condition.rule,
    condition.kind,
    condition.subject,
    condition.level,
    condition.title,
    condition.detail,
    condition.todo,
    condition.occasion,
    nowMs,
    nowMs,
  );
}

function update({ sql, caller }: Scope, alert: OpenAlert, nowMs: number): void {
  sql(
    `UPDATE alerts SET level = ?, title = ?, detail = ?, todo = ?, occasion = ?, changed_at = ?
     WHERE tenant = ? AND alert = ? AND resolved_at IS NULL`,
  ).run(alert.level, alert.title, alert.detail, alert.todo, alert.occasion, nowMs, caller.tenant, alert.alert);
}

type End = { readonly by: string | null; readonly aside: boolean };

/** How many messages were queued. */
function end(
  scope: Scope,
  alert: string,
  { routes, nowMs }: Pick<Reconciliation, 'routes' | 'nowMs'>,
  { by, aside }: End,
): number {
  const { changes } = scope
    .sql(
      `UPDATE alerts SET resolved_at = ?, resolved_by = ?, aside = ?, changed_at = ?
       WHERE tenant = ? AND alert = ? AND resolved_at IS NULL`,
    )
    .run(nowMs, by, aside ? 1 : 0, nowMs, scope.caller.tenant, alert);
  if (changes === 0) return 0;
  let queued = 0;
  for (const { route } of routes) {
    const last = lastTold(scope, route, alert);
    const { drop, tell } = farewellFor(last, last?.attempts ?? 0);
    if (drop) dropQueued(scope, route, alert, nowMs);
    if (!tell) continue;
    queueMessage(scope, { route, alert, kind: 'resolve', occasion: '', atMs: nowMs });
    queued += 1;
  }
  return queued;
}

function standingOf({
  level,
  kind,
  subject,
  acknowledgedAtMs,
  snoozedUntilMs,
}: AlertRow): Parameters<typeof messageFor>[1] {
  return {
    level,
    aboutRoute: kind === 'route' ? subject : null,
    acknowledged: acknowledgedAtMs !== null,
    snoozedUntilMs,
  };
}

function mustBeOpen(scope: Scope, alert: string): AlertRow {
  const row = mustFind(scope, alert);
  if (row.resolvedAtMs === null) return row;
  throw new HoldfastError('ALERT_UNKNOWN', `Alert ${alert} is over already.`);
}

function mustFind({ sql, caller }: Scope, alert: string): AlertRow {
  const row = sql<AlertRow>(`SELECT ${alertColumns} FROM alerts WHERE tenant = ? AND alert = ?`).get(
    caller.tenant,
    alert,
  );
  if (row !== undefined) return row;
  throw new HoldfastError('ALERT_UNKNOWN', `There is no alert ${alert}.`);
}
