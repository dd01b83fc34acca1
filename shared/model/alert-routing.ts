/**
 * Who is told what about an alert, and when: once when it is raised, again in the intervals its route asks for while
 * nobody has seen to it, and once when it is over. Never twice for the same fact.
 */
import { isAtLeast, type AlertLevel } from './alerts.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export const messageKinds = ['raise', 'remind', 'resolve'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** Times are epoch milliseconds. */
export type RoutePolicy = {
  readonly route: string;
  readonly atLeast: AlertLevel;
  /** Null: no reminders. */
  readonly remindEveryMs: number | null;
};

export type AlertStanding = {
  readonly level: AlertLevel;
  /** Of an alert about a route: its id, for a route is not told of its own failures. */
  readonly aboutRoute: string | null;
  readonly acknowledged: boolean;
  readonly snoozedUntilMs: number | null;
};

/** The newest message about the alert on this route. */
export type LastTold = {
  readonly kind: MessageKind;
  readonly state: 'queued' | 'sent' | 'failed' | 'dropped';
  readonly queuedAtMs: number;
  /** How many messages about it there were. */
  readonly count: number;
};

export type Message = {
  readonly kind: MessageKind;
  /** Tells reminders of the same alert apart. */
  readonly occasion: string;
};

/** What an open alert calls for on a route now; null: nothing. */
export function messageFor(
  route: RoutePolicy,
  alert: AlertStanding,
  last: LastTold | null,
  nowMs: number,
): Message | null {
  if (!isAtLeast(alert.level, route.atLeast) || alert.aboutRoute === route.route) return null;
  if (alert.acknowledged || (alert.snoozedUntilMs !== null && alert.snoozedUntilMs > nowMs)) return null;
  if (last === null) return { kind: 'raise', occasion: '' };
  // One that is still on its way says all there is to say.
  if (last.state === 'queued') return null;
  const isAwake = alert.snoozedUntilMs !== null && alert.snoozedUntilMs > last.queuedAtMs;
  // Where nobody could be reached, it is tried again although no reminders are asked for.
  const everyMs = last.state === 'failed' ? Math.min(route.remindEveryMs ?? dayMs, dayMs) : route.remindEveryMs;
  // What was queued by a clock that was ahead says nothing about how long ago that was.
  const isDue = everyMs !== null && (nowMs - last.queuedAtMs >= everyMs || last.queuedAtMs > nowMs + hourMs);
  // Its route was switched off before it could be told.
  const isUntold = last.state === 'dropped';
  return isAwake || isDue || isUntold ? { kind: 'remind', occasion: String(last.count) } : null;
}

export type Farewell = {
  /** What is still queued about the alert is not sent any more. */
  readonly drop: boolean;
  readonly tell: boolean;
};

/** What the end of an alert calls for on a route. `attempts`: of the message that is queued, if one is. */
export function farewellFor(last: LastTold | null, attempts: number): Farewell {
  if (last === null || last.kind === 'resolve') return { drop: false, tell: false };
  const isQueued = last.state === 'queued';
  // Whoever was never told that it began is not told that it is over. A message that was tried may have arrived.
  const wasTold = last.count > 1 || last.state === 'sent' || (isQueued && attempts > 0);
  return { drop: isQueued, tell: wasTold };
}

/** How long to wait before a message is tried again, after so many attempts. */
export function retryAfterMs(attempts: number): number {
  return Math.min(60 * 60_000, 15_000 * 2 ** Math.max(0, attempts - 1));
}
