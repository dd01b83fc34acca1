/** What a profile runs in a month, as a calendar: weeks from Monday on, by the clocks of the profile. */
import { DateTime } from 'luxon';
import type { ProfilePreview } from '../../../shared/contract/profiles.ts';

export type PreviewRun = ProfilePreview['runs'][number];

export type Month = {
  /** `November 2026`. */
  readonly title: string;
  /** Epoch milliseconds: of the month its first moment and the one after its last. */
  readonly beginMs: number;
  readonly endMs: number;
  /** Null: of the month before or after. ISO dates. */
  readonly weeks: readonly (readonly (string | null)[])[];
};

/** `offset` months after the one that it is at `nowMs`. */
export function monthOf(nowMs: number, zone: string, offset: number): Month {
  const begin = DateTime.fromMillis(nowMs, { zone }).startOf('month').plus({ months: offset });
  const end = begin.plus({ months: 1 });
  const days = begin.daysInMonth ?? 0;
  const lead = begin.weekday - 1;
  const count = Math.ceil((lead + days) / 7);
  const weeks = Array.from({ length: count }, (_, week) =>
    Array.from({ length: 7 }, (__, weekday) => {
      const day = week * 7 + weekday - lead + 1;
      return day < 1 || day > days ? null : begin.set({ day }).toISODate();
    }),
  );
  return {
    title: begin.setLocale('en-GB').toFormat('LLLL yyyy'),
    beginMs: begin.toMillis(),
    endMs: end.toMillis(),
    weeks,
  };
}

const dayMs = 86_400_000;
/** So that there is a next run to show also on the last day of a month. */
const leastDays = 35;

/** What to ask for, so that all runs of the month that are still to come are in the answer. */
export function stretchOf(
  { beginMs, endMs }: Month,
  nowMs: number,
): { readonly fromMs: number; readonly days: number } {
  const fromMs = Math.max(nowMs, beginMs);
  const days = Math.ceil((endMs - fromMs) / dayMs);
  return { fromMs, days: fromMs === nowMs ? Math.max(leastDays, days) : days };
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
