/**
 * When a period comes round, by the clocks of a place: a pure function of its rule, the zone and a stretch of time. A
 * local time that clocks skip in spring comes as much later as they are put forward; one that they show twice in autumn
 * comes once, the first time. A day that a month does not have is its last day.
 */
import { DateTime } from 'luxon';
import { cronMatcher, type CronFields } from './cron.ts';
import { steadyOffset } from './zone-offset.ts';

type TimeOfDay = { readonly hour: number; readonly minute: number };

export type PeriodRule =
  | { readonly kind: 'hourly'; readonly minute: number }
  | ({ readonly kind: 'daily' } & TimeOfDay)
  /** ISO: 1 is Monday, 7 is Sunday. */
  | ({ readonly kind: 'weekly'; readonly weekday: number } & TimeOfDay)
  | ({ readonly kind: 'monthly'; readonly day: number } & TimeOfDay)
  | ({ readonly kind: 'yearly'; readonly month: number; readonly day: number } & TimeOfDay)
  | { readonly kind: 'cron'; readonly fields: CronFields }
  /** Epoch milliseconds. */
  | { readonly kind: 'once'; readonly atMs: number };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** How far the clocks of a day can differ from 24 hours, and more. */
const slackMs = 3 * hourMs;
/** A leap day that a rule asks for comes at least every eight years. */
const farthestMs = 9 * 366 * dayMs;

/** All in (afterMs, untilMs], in order. Each day of it is looked at. */
export function occurrences(rule: PeriodRule, zone: string, afterMs: number, untilMs: number): readonly number[] {
  if (untilMs <= afterMs) return [];
  if (rule.kind === 'once') return rule.atMs > afterMs && rule.atMs <= untilMs ? [rule.atMs] : [];
  const found: number[] = [];
  // Clocks are less than a day from UTC: the first and the last of these days lie outside.
  for (let day = Math.floor(afterMs / dayMs) - 1; day <= Math.floor(untilMs / dayMs) + 1; day++)
    found.push(...ofDayNumber(rule, zone, day));
  return [...new Set(found)].filter((ms) => ms > afterMs && ms <= untilMs).sort((a, b) => a - b);
}

/** The next one after a moment; null where there is none for years. */
export function nextOccurrence(rule: PeriodRule, zone: string, afterMs: number): number | null {
  if (rule.kind === 'once') return rule.atMs > afterMs ? rule.atMs : null;
  for (let part = partOf(afterMs); part <= partOf(afterMs + farthestMs); part++) {
    const times = inPart(rule, zone, part);
    const next = times[countUpTo(times, afterMs)];
    if (next !== undefined) return next;
  }
  return null;
}

/** The newest one in (sinceMs, nowMs]; null where there is none. */
export function newestOccurrence(rule: PeriodRule, zone: string, sinceMs: number, nowMs: number): number | null {
  if (rule.kind === 'once') return rule.atMs > sinceMs && rule.atMs <= nowMs ? rule.atMs : null;
  const oldest = Math.max(sinceMs, nowMs - farthestMs);
  for (let part = partOf(nowMs); part >= partOf(oldest); part--) {
    const times = inPart(rule, zone, part);
    const newest = times[countUpTo(times, nowMs) - 1];
    if (newest !== undefined) return newest > sinceMs ? newest : null;
  }
  return null;
}

/** How many of the times, which are in order, are not later. */
function countUpTo(times: readonly number[], ms: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Recurring = Exclude<PeriodRule, { kind: 'once' }>;

type Parts = Map<string, readonly number[]>;

/**
 * Questions come again and again for the same weeks: their answers are kept, a year of them for each rule. Whoever reads a
 * profile anew has rules that are new objects and say the same, so they are told by what they say.
 */
const partMs = 28 * dayMs;
const keptParts = 16;
const keptRules = 256;
const known = new Map<string, Parts>();
const knownObjects = new WeakMap<Recurring, Parts>();

function partsOf(rule: Recurring): Parts {
  const ofObject = knownObjects.get(rule);
  if (ofObject !== undefined) return ofObject;
  const words = JSON.stringify(rule);
  const parts: Parts = known.get(words) ?? new Map();
  const [oldest] = known.keys();
  if (known.size >= keptRules && oldest !== undefined && !known.has(words)) known.delete(oldest);
  known.set(words, parts);
  knownObjects.set(rule, parts);
  return parts;
}

function partOf(ms: number): number {
  return Math.floor(ms / partMs);
}

function inPart(rule: Recurring, zone: string, part: number): readonly number[] {
  const parts = partsOf(rule);
  const key = `${part} ${zone}`;
  const there = parts.get(key);
  if (there !== undefined) return there;
  const found = occurrences(rule, zone, part * partMs - 1, (part + 1) * partMs - 1);
  const [oldest] = parts.keys();
  if (parts.size >= keptParts && oldest !== undefined) parts.delete(oldest);
  parts.set(key, found);
  return found;
}

/** On a day since 1970, by the calendar of the zone. On most days clocks do not change, and need no calendar. */
function ofDayNumber(rule: Recurring, zone: string, dayNumber: number): readonly number[] {
  const offset = steadyOffset(zone, dayNumber);
  if (offset !== null) return ofSteadyDay(rule, dayNumber, offset);
  const before = new Date((dayNumber - 1) * dayMs);
  const [year, month, day] = [before.getUTCFullYear(), before.getUTCMonth() + 1, before.getUTCDate()];
  // From the day before, for the first of two midnights; and to its beginning, for a day that has none.
  const eve = DateTime.fromObject({ year, month, day, hour: 12 }, { zone }).startOf('day');
  return ofDay(rule, eve.plus({ days: 1 }).startOf('day'));
}

function ofSteadyDay(rule: Recurring, dayNumber: number, offset: number): readonly number[] {
  const midnight = dayNumber * dayMs - offset * minuteMs;
  if (rule.kind === 'hourly') return steps(midnight + rule.minute * minuteMs, midnight + dayMs);
  const time = ({ hour, minute }: TimeOfDay): number => midnight + hour * hourMs + minute * minuteMs;
  if (rule.kind === 'daily') return [time(rule)];
  const date = new Date(dayNumber * dayMs);
  const [month, day, weekday] = [date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay()];
  const isDay = (wanted: number): boolean => day === Math.min(wanted, daysOfMonth(date));
  switch (rule.kind) {
    case 'weekly':
      return weekday === rule.weekday % 7 ? [time(rule)] : [];
    case 'monthly':
      return isDay(rule.day) ? [time(rule)] : [];
    case 'yearly':
      return month === rule.month && isDay(rule.day) ? [time(rule)] : [];
    case 'cron': {
      const matches = cronMatcher(rule.fields);
      return matches.day({ month, day, weekday }) ? matches.times.map(time) : [];
    }
  }
}

function daysOfMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function ofDay(rule: Recurring, day: DateTime): readonly number[] {
  switch (rule.kind) {
    case 'hourly':
      return hourly(rule.minute, day);
    case 'daily':
      return [at(day, rule)];
    case 'weekly':
      return day.weekday === rule.weekday ? [at(day, rule)] : [];
    case 'monthly':
      return day.day === inMonth(rule.day, day) ? [at(day, rule)] : [];
    case 'yearly':
      return day.month === rule.month && day.day === inMonth(rule.day, day) ? [at(day, rule)] : [];
    case 'cron':
      return cronOfDay(rule.fields, day);
  }
}

/** Every hour that passes, also the one that clocks show twice, and not the one that they leave out. */
function hourly(minute: number, day: DateTime): readonly number[] {
  const next = day.plus({ days: 1 }).startOf('day');
  const [begin, end] = [day.toMillis(), next.toMillis()];
  // Most days have hours that need no calendar.
  if (day.offset === next.offset) return steps(begin + minute * minuteMs, end);
  return steps(begin, end).map((ms) =>
    DateTime.fromMillis(ms, { zone: day.zone }).set({ minute, second: 0 }).toMillis(),
  );
}

function steps(beginMs: number, endMs: number): readonly number[] {
  return Array.from({ length: Math.ceil((endMs - beginMs) / hourMs) }, (_, step) => beginMs + step * hourMs);
}

/** By the minute of the day, so that a rule with many hours is one with many times of day. */
function cronOfDay(fields: CronFields, day: DateTime): readonly number[] {
  const matches = cronMatcher(fields);
  if (!matches.day({ month: day.month, day: day.day, weekday: day.weekday % 7 })) return [];
  return matches.times.map((time) => at(day, time));
}

/**
 * Worked out from the offsets around the day: what luxon makes of a time that there is twice depends on when it is asked.
 */
function at(day: DateTime, { hour, minute }: TimeOfDay): number {
  const { year, month, day: date, zone } = day;
  const before = zone.offset(day.toMillis() - slackMs);
  const offsets = [before, day.offset, zone.offset(day.plus({ days: 1 }).toMillis())];
  const local = Date.UTC(year, month - 1, date, hour, minute);
  const moments = offsets
    .map((offset) => ({ offset, ms: local - offset * minuteMs }))
    .filter(({ offset, ms }) => zone.offset(ms) === offset);
  // Without any the clocks skip it: what they would have shown had they not been put forward.
  return moments.length === 0 ? local - before * minuteMs : Math.min(...moments.map(({ ms }) => ms));
}

function inMonth(wanted: number, day: DateTime): number {
  return Math.min(wanted, day.daysInMonth ?? wanted);
}
