/** Alerts, routes and messages as the contract shows them. */
import type { Alert } from '../../../shared/contract/alerts.ts';
import type { Delivery, Route } from '../../../shared/contract/routes.ts';
import type { AlertRow } from '../catalog/alerts.ts';
import type { DeliveryRow, EndedDelivery } from '../catalog/deliveries.ts';
import type { RouteRow } from '../monitoring/route-file.ts';

export function presentAlert(row: AlertRow): Alert {
  const { acknowledgedAtMs, acknowledgedBy, snoozedUntilMs, snoozedBy, resolvedAtMs } = row;
  return {
    id: row.alert,
    rule: row.rule,
    subject: { kind: row.kind, name: row.subject },
    level: row.level,
    title: row.title,
    detail: row.detail,
    todo: row.todo,
    raisedAt: isoTime(row.raisedAtMs),
    changedAt: isoTime(row.changedAtMs),
    acknowledged: acknowledgedAtMs === null ? null : { at: isoTime(acknowledgedAtMs), by: acknowledgedBy ?? '' },
    snoozed: snoozedUntilMs === null ? null : { until: isoTime(snoozedUntilMs), by: snoozedBy ?? '' },
    resolved: resolvedAtMs === null ? null : { at: isoTime(resolvedAtMs), by: row.resolvedBy },
    resolvable: row.occasion !== '',
  };
}

export function presentRoute(row: RouteRow, last: EndedDelivery | null): Route {
  const { id, definition, origin, headerNames, hasPassword, createdAtMs, updatedAtMs, actor } = row;
  return {
    ...definition,
    id,
    origin,
    headerNames,
    hasPassword,
    createdAt: isoTime(createdAtMs),
    createdBy: actor,
    updatedAt: isoTime(updatedAtMs),
    last: last === null ? null : { at: isoTime(last.endedAtMs), state: last.state, problem: last.problem },
  };
}

export function presentDelivery(row: DeliveryRow): Delivery {
  const { delivery, route, alert, kind, state, attempts, problem } = row;
  const times = { at: isoTime(row.queuedAtMs), nextAt: maybeTime(row.nextAtMs), endedAt: maybeTime(row.endedAtMs) };
  return { id: delivery, route, alert, kind, state, attempts, ...times, problem };
}

function maybeTime(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
