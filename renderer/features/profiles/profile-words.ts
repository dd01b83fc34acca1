/** Profiles in words: when a period comes, how long what it takes is kept, what a profile is given to. */
import { keepWords } from '../../../shared/model/keep-until.ts';
import {
  manualPeriod,
  type AssignmentScope,
  type Blackout,
  type ProfileDefinition,
  type ProfilePeriod,
  type StoredRule,
} from '../../../shared/model/profile.ts';
import { absoluteTime } from '../../components/format-time.ts';
import { visibleText } from '../../components/visible-text.ts';

export const weekdayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** `every day at 22:00`; `zone` is for what comes once. */
export function ruleSentence(rule: StoredRule, zone: string): string {
  switch (rule.kind) {
    case 'hourly':
      return `every hour at :${two(rule.minute)}`;
    case 'daily':
      return `every day at ${clock(rule)}`;
    case 'weekly':
      return `every ${weekdayNames[rule.weekday - 1] ?? ''} at ${clock(rule)}`;
    case 'monthly':
      return `every month on the ${ordinal(rule.day)}${rule.day > 28 ? ' or its last day' : ''}, at ${clock(rule)}`;
    case 'yearly':
      return `every year on ${rule.day} ${monthNames[rule.month - 1] ?? ''}, at ${clock(rule)}`;
    case 'cron':
      return `at ${visibleText(rule.expression)} (cron)`;
    case 'once':
      return `once, on ${absoluteTime(Date.parse(rule.at), zone).replace(/:\d\d$/, '')}`;
  }
}

/** `kept for 14 days, the newest 3 in any case`. */
export function keepSentence({ keep, minimum, locked }: Pick<ProfilePeriod, 'keep' | 'minimum' | 'locked'>): string {
  const length = keep === 'forever' ? 'kept for ever' : `kept for ${keepWords(keep)}`;
  const least =
    minimum === 1 || keep === 'forever'
      ? ''
      : minimum === 0
        ? ', none in any case'
        : `, the newest ${minimum} in any case`;
  return `${length}${least}${locked ? ', locked' : ''}`;
}

/** `Mon–Fri 08:00–18:00`. */
export function blackoutSentence({ weekdays, from, to }: Blackout): string {
  return `${dayRuns(weekdays).map(runWords).join(', ')} ${from}–${to}`;
}

/** Names of periods by their ids; what a snapshot carries that is no period any more stands as it is. */
export function periodNames(
  ids: readonly string[],
  { periods }: Pick<ProfileDefinition, 'periods'>,
): readonly string[] {
  return ids.map((id) => (id === manualPeriod ? 'by hand' : (periods.find((one) => one.id === id)?.name ?? id)));
}

export function subjectSentence({
  scope,
  subject,
}: {
  readonly scope: AssignmentScope;
  readonly subject: string;
}): string {
  if (scope === 'tenant') return 'everything';
  return scope === 'tag' ? `tag ${visibleText(subject)}` : visibleText(subject);
}

/** Where the profile that counts for a source comes from. */
export function fromSentence(from: { readonly scope: AssignmentScope; readonly subject: string } | null): string {
  if (from === null) return '';
  if (from.scope === 'source') return 'given to it';
  return from.scope === 'tag' ? `from tag ${visibleText(from.subject)}` : 'from what was given to all';
}

/** Days that follow each other, as first and last, the week round. */
export function dayRuns(weekdays: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const day of [...new Set(weekdays)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === day - 1) last[1] = day;
    else runs.push([day, day]);
  }
  return runs;
}

function runWords([first, last]: readonly [number, number]): string {
  const short = (day: number) => (weekdayNames[day - 1] ?? '').slice(0, 3);
  if (first === last) return short(first);
  return `${short(first)}–${short(last)}`;
}

function ordinal(day: number): string {
  const ending = day % 100 >= 11 && day % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `${day}${ending}`;
}

function clock({ hour, minute }: { readonly hour: number; readonly minute: number }): string {
  return `${two(hour)}:${two(minute)}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
