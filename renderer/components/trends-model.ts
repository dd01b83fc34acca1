/** Runs by day as charts and a table need them: one row for each day, with what cannot be known left out. Pure. */
import type { TrendDay } from '../../shared/contract/schedule.ts';
import { dateAfter } from '../../shared/model/date-after.ts';
import { formatBytes, formatCount, formatDuration, formatRate, type ByteUnits } from '../../shared/model/units.ts';

/** How far back a person can look; runs are kept for the last of these. */
export const trendSpans = [30, 90, 400] as const;
export type TrendSpan = (typeof trendSpans)[number];

export const trendMeasures = ['duration', 'added', 'changed', 'rate'] as const;
export type TrendMeasure = (typeof trendMeasures)[number];

export const measureTitles: Readonly<Record<TrendMeasure, string>> = {
  duration: 'Duration of a run',
  added: 'New data',
  changed: 'Files new or changed',
  rate: 'New data per second',
};

export const measureNotes: Readonly<Record<TrendMeasure, string>> = {
  duration: 'median of the day',
  added: 'sum of the day, uncompressed',
  changed: 'share of all files',
  rate: 'mean of the day',
};

/** Values by measure; null where no run took a snapshot on that day. Durations in milliseconds, shares from 0 to 1. */
export function valueOf({ taken }: Pick<TrendDay, 'taken'>, measure: TrendMeasure): number | null {
  if (taken === null) return null;
  switch (measure) {
    case 'duration':
      return taken.durationMs.median;
    case 'added':
      return taken.bytesAdded;
    case 'changed':
      return taken.filesSeen === 0 ? null : taken.filesChanged / taken.filesSeen;
    case 'rate':
      return taken.durationMs.sum === 0 ? null : taken.bytesAdded / (taken.durationMs.sum / 1000);
  }
}

export function sayValue(value: number | null, measure: TrendMeasure, units: ByteUnits): string {
  if (value === null) return '–';
  switch (measure) {
    case 'duration':
      return formatDuration(value);
    case 'added':
      return formatBytes(value, units);
    case 'changed':
      return sayShare(value);
    case 'rate':
      return formatRate(value, units);
  }
}

/** Every day of the span in order, also those without a run. */
export function everyDay(first: string, count: number, days: readonly TrendDay[]): readonly TrendDay[] {
  const known = new Map(days.map((day) => [day.date, day]));
  return Array.from({ length: count }, (_, index) => {
    const date = dateAfter(first, index);
    return known.get(date) ?? { date, runs: 0, partial: 0, failed: 0, missed: 0, taken: null };
  });
}

/** What went wrong, in words: `2 failed, 1 missed`; null: nothing. */
export function troubleOf({ partial, failed, missed }: TrendDay): string | null {
  const parts = [
    failed === 0 ? null : `${formatCount(failed)} failed`,
    missed === 0 ? null : `${formatCount(missed)} missed`,
    partial === 0 ? null : `${formatCount(partial)} partial`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

/** `3 runs, 1 failed. Median 12 s, longest 40 s. 1.2 GiB new (1,288,490,189 bytes), …` */
export function sayDay(day: TrendDay, units: ByteUnits): string {
  const { runs, taken } = day;
  const trouble = troubleOf(day);
  const counts = `${runs === 0 ? 'no run' : runs === 1 ? '1 run' : `${formatCount(runs)} runs`}${trouble === null ? '' : `, ${trouble}`}`;
  if (taken === null) return counts;
  const { durationMs, bytesAdded, filesChanged, filesSeen } = taken;
  const took =
    taken.runs === 1
      ? `took ${formatDuration(durationMs.max)}`
      : `median ${formatDuration(durationMs.median)}, longest ${formatDuration(durationMs.max)}`;
  return [
    counts,
    took,
    `${formatBytes(bytesAdded, units)} new (${formatCount(bytesAdded)} bytes)`,
    `${formatCount(filesChanged)} of ${formatCount(filesSeen)} files new or changed (${sayValue(valueOf(day, 'changed'), 'changed', units)})`,
    sayValue(valueOf(day, 'rate'), 'rate', units),
  ].join(' · ');
}

/** In one sentence, for those who do not see the chart. */
export function sayChart(measure: TrendMeasure, days: readonly TrendDay[], units: ByteUnits): string {
  const values = days.map((day) => valueOf(day, measure)).filter((value) => value !== null);
  const title = measureTitles[measure];
  if (values.length === 0) return `${title}: nothing in the last ${days.length} days`;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const last = sayValue(values.at(-1) ?? null, measure, units);
  return `${title}, last ${days.length} days: from ${sayValue(low, measure, units)} to ${sayValue(high, measure, units)}, latest ${last}`;
}

/** Noon, so that no change of clocks moves a day to another one. Epoch seconds, as the clocks of the page have it. */
export function secondsOf(date: string): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(year, month - 1, day, 12).getTime() / 1000;
}

export function sayShare(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent >= 10) return `${Math.round(percent)} %`;
  return percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}
