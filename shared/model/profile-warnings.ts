/** What of a profile may surprise whoever relies on it: nothing of it is forbidden. */
import { DateTime } from 'luxon';
import { blackoutEndMs } from './blackouts.ts';
import { impliedRpoMs, longestGap } from './implied-rpo.ts';
import { keepUntil, keepWords } from './keep-until.ts';
import { occurrences, type PeriodRule } from './occurrences.ts';
import { ruleOf } from './period-rule.ts';
import type { ProfileDefinition, ProfilePeriod } from './profile.ts';
import { formatCount, formatDuration } from './units.ts';

/** More than this of one source are hard to keep an eye on. */
const mostSnapshots = 200;
const yearMs = 366 * 24 * 3_600_000;

/** `count` is how many there will be; null where something is kept for ever. */
export function profileWarnings(
  profile: ProfileDefinition,
  machineZone: string,
  nowMs: number,
  count: number | null,
): readonly string[] {
  const zone = profile.zone ?? machineZone;
  return [
    ...countWarnings(profile, count),
    ...rpoWarnings(profile, zone),
    ...profile.periods.flatMap((period) => periodWarnings(profile, period, zone, nowMs)),
  ];
}

function countWarnings(profile: ProfileDefinition, count: number | null): readonly string[] {
  if (count === null) {
    const names = profile.periods.filter(({ keep }) => keep === 'forever').map(({ name }) => name);
    return [`Snapshots of ${names.join(' and ')} are kept for ever, so they become more and more.`];
  }
  if (count <= mostSnapshots) return [];
  return [
    `There will be about ${formatCount(count)} snapshots of each source; more than ${mostSnapshots} are hard to keep an eye on.`,
  ];
}

function rpoWarnings({ periods, rpoMs, blackouts }: ProfileDefinition, zone: string): readonly string[] {
  const gap = longestGap(periods, zone, blackouts);
  if (gap === null) return ['None of its periods comes again, so no source can be overdue.'];
  const implied = impliedRpoMs(periods, zone, blackouts);
  if (rpoMs === null || implied === null) return [];
  if (rpoMs < gap)
    return [
      `Its target is ${formatDuration(rpoMs)}, but up to ${formatDuration(gap)} pass between two runs: its sources will be overdue again and again.`,
    ];
  return [];
}

function periodWarnings(
  { blackouts }: ProfileDefinition,
  period: ProfilePeriod,
  zone: string,
  nowMs: number,
): readonly string[] {
  const rule = ruleOf(period.rule);
  if (rule === null) return [];
  const { name } = period;
  if (rule.kind === 'once')
    return rule.atMs > nowMs ? [] : [`${name} would have come at ${minuteOf(rule.atMs, zone)}, which has passed.`];
  const year = occurrences(rule, zone, nowMs, nowMs + yearMs);
  const held = blackouts.length === 0 ? [] : year.filter((ms) => blackoutEndMs(blackouts, zone, ms) !== null);
  return [
    ...keepWarnings(period, rule, zone, nowMs),
    ...lastDayWarnings(period),
    ...skippedWarnings(period, year, zone),
    ...(held.length > 0 && held.length === year.length
      ? [`All runs of ${name} fall into a blackout and begin when it ends.`]
      : []),
    ...(period.locked && period.keep === 'forever'
      ? [`Snapshots of ${name} are locked for ever: they go only after an unlock, which takes seven days.`]
      : []),
  ];
}

/** Between the end of one and the next there would be nothing but what has to stay. */
function keepWarnings(period: ProfilePeriod, rule: PeriodRule, zone: string, nowMs: number): readonly string[] {
  const until = keepUntil(nowMs, period.keep, zone);
  const gap = rule.kind === 'hourly' ? 3_600_000 : longestGap([period], zone, []);
  if (until === null || gap === null || until - nowMs >= gap) return [];
  const between = period.minimum === 0 ? 'nothing of it' : `only the newest ${formatCount(period.minimum)}`;
  return [
    `${period.name} keeps its snapshots for ${keepWords(period.keep)}, and up to ${formatDuration(gap)} pass until the next: in between, ${between} is there.`,
  ];
}

/** Whoever says the 31st means the end of the month. */
function lastDayWarnings({ name, rule }: ProfilePeriod): readonly string[] {
  const isShort =
    (rule.kind === 'monthly' && (rule.day === 29 || rule.day === 30)) ||
    (rule.kind === 'yearly' && rule.month === 2 && rule.day > 28);
  return isShort ? [`${name} comes on the last day of a month that has no day ${rule.day}.`] : [];
}

/** Times of day that clocks leave out in spring. */
function skippedWarnings({ name, rule }: ProfilePeriod, year: readonly number[], zone: string): readonly string[] {
  if (!('hour' in rule)) return [];
  const moved = year
    .map((ms) => DateTime.fromMillis(ms, { zone }))
    .filter(({ hour, minute }) => hour !== rule.hour || minute !== rule.minute);
  return moved.map((time) => {
    const meant = `${String(rule.hour).padStart(2, '0')}:${String(rule.minute).padStart(2, '0')}`;
    return `On ${time.toISODate() ?? ''} clocks skip ${meant} in ${zone}: ${name} comes at ${time.toFormat('HH:mm')}.`;
  });
}

function minuteOf(ms: number, zone: string): string {
  return DateTime.fromMillis(ms, { zone }).toFormat('yyyy-MM-dd HH:mm');
}
