/** The time that a report is about: the last days, or a day, week, month, quarter or year of the calendar. */
import { DateTime, type DateTimeUnit } from 'luxon';
import type { ReportPeriod } from './document.ts';

export type NamedPeriod = ReportPeriod & { readonly words: string };

/** What a subscription can ask for: it is about what was before the moment it comes round. */
export const usualPeriods = [
  'last-24-hours',
  'last-7-days',
  'last-30-days',
  'last-90-days',
  'last-365-days',
  'yesterday',
  'last-week',
  'last-month',
  'last-quarter',
  'last-year',
] as const;

const spans: Readonly<Record<string, number>> = { d: 1, w: 7 };
const calendar: Readonly<Record<string, DateTimeUnit>> = {
  week: 'week',
  month: 'month',
  quarter: 'quarter',
  year: 'year',
};
const mostDays = 400;

/**
 * Of `last-7-days`, `30d`, `4w`, `yesterday`, `last-month`, `2026-11`, `2026`, `2026-11-30`, or `2026-11-01..2026-11-15`
 * (both days are part of it); null where the text means none, or the zone (an IANA name) is unknown.
 */
export function parsePeriod(text: string, nowMs: number, zone: string): NamedPeriod | null {
  const now = DateTime.fromMillis(nowMs, { zone });
  if (!now.isValid) return null;
  const wanted = text.trim().toLowerCase();
  if (wanted === 'last-24-hours') return between(now.minus({ hours: 24 }), now, 'the last 24 hours');
  const days = daysOf(wanted);
  if (days !== null) return days > mostDays ? null : between(now.minus({ days }), now, `the last ${days} days`);
  if (wanted === 'yesterday') return whole(now.minus({ days: 1 }), 'day', 'yyyy-MM-dd');
  const unit = calendar[wanted.startsWith('last-') ? wanted.slice(5) : ''];
  if (unit !== undefined) return whole(now.minus({ [`${unit}s`]: 1 }), unit, formatOf(unit));
  return ofDates(wanted, zone, now);
}

function daysOf(text: string): number | null {
  const match = /^(?:last-(\d{1,3})-days|(\d{1,3})([dw]))$/.exec(text);
  if (match === null) return null;
  const [, last, amount, unit = 'd'] = match;
  const days = last === undefined ? Number(amount) * (spans[unit] ?? 1) : Number(last);
  return days < 1 ? null : days;
}

function formatOf(unit: DateTimeUnit): string {
  return { week: "'week 'WW' of 'kkkk", month: 'MMMM yyyy', quarter: "'quarter 'q' of 'yyyy", year: 'yyyy' }[
    unit as 'week'
  ];
}

function whole(at: DateTime, unit: DateTimeUnit, format: string): NamedPeriod {
  const from = at.startOf(unit);
  return between(from, from.plus({ [`${unit}s`]: 1 }), from.setLocale('en').toFormat(format));
}

function ofDates(text: string, zone: string, now: DateTime): NamedPeriod | null {
  const month = /^(\d{4})(?:-(\d{2}))?$/.exec(text);
  if (month !== null) {
    const from = DateTime.fromISO(text, { zone });
    return from.isValid && from <= now
      ? whole(from, month[2] === undefined ? 'year' : 'month', month[2] === undefined ? 'yyyy' : 'MMMM yyyy')
      : null;
  }
  const match = /^(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?$/.exec(text);
  if (match === null) return null;
  const [, first = '', last = first] = match;
  const from = DateTime.fromISO(first, { zone }).startOf('day');
  const to = DateTime.fromISO(last, { zone }).plus({ days: 1 }).startOf('day');
  if (!from.isValid || !to.isValid || to <= from || from > now) return null;
  return between(from, to, first === last ? first : `${first} to ${last}`);
}

function between(from: DateTime, to: DateTime, words: string): NamedPeriod {
  return { fromMs: from.toMillis(), toMs: to.toMillis(), words };
}
