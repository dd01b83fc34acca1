/**
 * Subscriptions: who gets which reports, and when. What is due is decided from when each comes round, of what was dealt with
 * before, and of the time; nothing is sent here.
 */
import { blackoutEndMs, leaveTime } from './blackouts.ts';
import { newestOccurrence, nextOccurrence } from './occurrences.ts';
import { ruleOf } from './period-rule.ts';
import type { StoredRule } from './profile.ts';
import type { ReportName } from './reports/document.ts';
import type { ReportFormat } from './reports/formats.ts';

/** A person at an address, by the server of a route of mail; or whoever a route of alerts leads to. */
export type Recipient =
  | { readonly kind: 'mail'; readonly address: string; /** Name of a route. */ readonly via: string }
  | { readonly kind: 'route'; readonly route: string };

export type ReportScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'tags'; readonly tags: readonly string[] }
  | { readonly kind: 'sources'; readonly sources: readonly string[] };

export type SubscriptionDefinition = {
  readonly name: string;
  readonly to: Recipient;
  readonly reports: readonly ReportName[];
  readonly of: ReportScope;
  /** As `parsePeriod` reads it: what the reports are about. */
  readonly period: string;
  readonly format: ReportFormat;
  /** Null: only when somebody asks for it. */
  readonly when: StoredRule | null;
  /** IANA name; null: that of the machine. */
  readonly zone: string | null;
  /** Times of day between which nothing is sent, as 22:00 and 06:00; what comes round then is sent at the end of it. */
  readonly quiet: { readonly from: string; readonly to: string } | null;
  /** Nothing is sent by itself; `until` is ISO-8601, null: until somebody ends it. Null: it is not suspended. */
  readonly suspended: { readonly until: string | null } | null;
};

/** Epoch milliseconds. */
export type SubscriptionHistory = {
  /** Since when it comes round as it does now: nothing before is missed. */
  readonly sinceMs: number;
  /** The newest time that was dealt with; null: none. */
  readonly answeredMs: number | null;
};

export type SubscriptionDue = {
  /** The time that is due now; null: none. */
  readonly occurrenceMs: number | null;
  /** It is sent later than it came round. */
  readonly isLate: boolean;
  /** When it is sent next, after what is due now; null: never, as things are. */
  readonly nextMs: number | null;
};

/** Later than this is told to be late: a machine that was asleep, or an engine that did not run. */
const graceMs = 15 * 60_000;
const everyDay = [1, 2, 3, 4, 5, 6, 7];

/** However often it was missed, it is sent once, for the newest time. What came round while it was suspended is not made up for. */
export function subscriptionDue(
  definition: Pick<SubscriptionDefinition, 'when' | 'quiet' | 'suspended'>,
  { sinceMs, answeredMs }: SubscriptionHistory,
  zone: string,
  nowMs: number,
): SubscriptionDue {
  const { when, suspended } = definition;
  const rule = when === null ? null : ruleOf(when);
  if (rule === null) return { occurrenceMs: null, isLate: false, nextMs: null };
  const endMs = suspended === null ? null : suspended.until === null ? Infinity : Date.parse(suspended.until);
  if (endMs !== null && nowMs < endMs) {
    const next = Number.isFinite(endMs) ? nextOccurrence(rule, zone, endMs) : null;
    return { occurrenceMs: null, isLate: false, nextMs: next === null ? null : afterQuiet(definition, zone, next) };
  }
  const next = nextOccurrence(rule, zone, nowMs);
  const nextMs = next === null ? null : afterQuiet(definition, zone, next);
  // A clock that was ahead has answered what is still to come.
  const answered = answeredMs === null || answeredMs > nowMs ? -Infinity : answeredMs;
  const newest = newestOccurrence(rule, zone, Math.max(sinceMs, answered, endMs ?? -Infinity), nowMs);
  if (newest === null) return { occurrenceMs: null, isLate: false, nextMs };
  const sentMs = afterQuiet(definition, zone, nowMs);
  if (sentMs > nowMs) return { occurrenceMs: null, isLate: false, nextMs: sentMs };
  return { occurrenceMs: newest, isLate: nowMs - afterQuiet(definition, zone, newest) > graceMs, nextMs };
}

function afterQuiet({ quiet }: Pick<SubscriptionDefinition, 'quiet'>, zone: string, atMs: number): number {
  if (quiet === null) return atMs;
  return blackoutEndMs([{ weekdays: everyDay, ...quiet }], zone, atMs) ?? atMs;
}

/** What is wrong with it, in a sentence; null: nothing. */
export function subscriptionProblem({ when, quiet }: Pick<SubscriptionDefinition, 'when' | 'quiet'>): string | null {
  if (when !== null && ruleOf(when) === null) return 'It never comes round: look at its cron expression.';
  if (quiet !== null && !leaveTime([{ weekdays: everyDay, ...quiet }])) return 'Quiet hours leave no time to send it.';
  return null;
}

/** Those that are due together and go to the same place: one letter. In the order in which they were given. */
export function mergeByRecipient<Due extends { readonly to: Recipient }>(
  due: readonly Due[],
): readonly (readonly Due[])[] {
  return [...Map.groupBy(due, ({ to }) => recipientKey(to)).values()];
}

/** The same for the same place; addresses differ by case in nothing that a server looks at. */
export function recipientKey(to: Recipient): string {
  return to.kind === 'route' ? `route ${to.route}` : `mail ${to.via} ${to.address.toLowerCase()}`;
}

/** Of the route that it goes by. */
export function routeName(to: Recipient): string {
  return to.kind === 'mail' ? to.via : to.route;
}

export function recipientWords(to: Recipient): string {
  return to.kind === 'mail' ? to.address : `route ${to.route}`;
}

export function scopeWords(of: ReportScope): string {
  if (of.kind === 'all') return 'All sources';
  if (of.kind === 'tags') return `Sources tagged ${of.tags.join(', ')}`;
  return of.sources.length === 1 ? `Source ${of.sources[0] ?? ''}` : `Sources ${of.sources.join(', ')}`;
}
