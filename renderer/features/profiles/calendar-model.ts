/** What a profile runs, as a calendar: five weeks from this one on, and those after them, by the clocks of the profile. */
import { DateTime } from 'luxon';
import type { ProfilePreview } from '../../../shared/contract/profiles.ts';

export type PreviewRun = ProfilePreview['runs'][number];

export type Weeks = {
  /** `23 Nov – 27 Dec 2026`. */
  readonly title: string;
  /** Epoch milliseconds: the first moment, and the one after the last. */
  readonly beginMs: number;
  readonly endMs: number;
  /** Monday first. */
  readonly weeks: readonly (readonly CalendarDay[])[];
};

export type CalendarDay = {
  /** ISO. */
  readonly date: string;
  /** `24`; with the month where one begins. */
  readonly label: string;
};

const shownWeeks = 5;

/** `page` 0 begins with the week that it is at `nowMs`. */
export function weeksOf(nowMs: number, zone: string, page: number): Weeks {
  const begin = DateTime.fromMillis(nowMs, { zone })
    .startOf('week')
    .plus({ weeks: page * shownWeeks })
    .setLocale('en-GB');
  const end = begin.plus({ weeks: shownWeeks });
  const weeks = Array.from({ length: shownWeeks }, (_, week) =>
    Array.from({ length: 7 }, (__, weekday): CalendarDay => {
      const day = begin.plus({ days: week * 7 + weekday });
      const isFirst = day.day === 1 || (week === 0 && weekday === 0);
      return { date: day.toISODate() ?? '', label: isFirst ? `${day.day} ${shortMonth(day)}` : String(day.day) };
    }),
  );
  const last = end.minus({ days: 1 });
  const ofYear = begin.year === last.year ? '' : ` ${begin.year}`;
  return {
    title: `${begin.day} ${shortMonth(begin)}${ofYear} – ${last.day} ${shortMonth(last)} ${last.year}`,
    beginMs: begin.toMillis(),
    endMs: end.toMillis(),
    weeks,
  };
}

/** en-GB says `Sept`; all months have three letters here. */
function shortMonth(day: DateTime): string {
  return day.toFormat('LLL').slice(0, 3);
}

const dayMs = 86_400_000;

/** What to ask for, so that all runs of these weeks that are still to come are in the answer. */
export function stretchOf(
  { beginMs, endMs }: Weeks,
  nowMs: number,
): { readonly fromMs: number; readonly days: number } {
  const fromMs = Math.max(nowMs, beginMs);
  return { fromMs, days: Math.max(1, Math.ceil((endMs - fromMs) / dayMs)) };
}

/** Runs by ISO date. */
export function byDay(runs: readonly PreviewRun[], zone: string): ReadonlyMap<string, readonly PreviewRun[]> {
  const days = new Map<string, PreviewRun[]>();
  for (const run of runs) {
    const date = DateTime.fromISO(run.at, { zone }).toISODate() ?? '';
    const there = days.get(date);
    if (there === undefined) days.set(date, [run]);
    else there.push(run);
  }
  return days;
}

export type DayLine = {
  /** `22:00`, or `23 ×` where several runs are for the same periods. */
  readonly when: string;
  /** Ids. */
  readonly periods: readonly string[];
};

/** A day in few lines: each run, or, where they are many, runs for the same periods as one. */
export function linesOf(runs: readonly PreviewRun[], zone: string, most: number): readonly DayLine[] {
  const single = (run: PreviewRun): DayLine => ({ when: clockOf(run.at, zone), periods: run.periods });
  if (runs.length <= most) return runs.map(single);
  const groups = new Map<string, PreviewRun[]>();
  for (const run of runs) {
    const key = run.periods.join(' ');
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map(([first, ...others]) => {
    const periods = first?.periods ?? [];
    if (first !== undefined && others.length === 0) return single(first);
    return { when: `${others.length + 1} ×`, periods };
  });
}

/** `22:00`. */
export function clockOf(iso: string, zone: string): string {
  return DateTime.fromISO(iso, { zone }).toFormat('HH:mm');
}

/** `Sunday 29 November 2026`. */
export function dayTitle(date: string): string {
  return DateTime.fromISO(date).setLocale('en-GB').toFormat('cccc d LLLL yyyy');
}
