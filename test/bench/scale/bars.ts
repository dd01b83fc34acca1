/** What a large office is held against. */
import { formatCount } from '../../../shared/model/units.ts';
import type { Measured } from './measure.ts';
import type { ScreenTimes } from './screens.ts';

export type Bar = {
  readonly name: string;
  readonly wanted: string;
  readonly measured: string;
  readonly holds: boolean;
};

export const gigabyte = 1e9;

export function barsOf(measured: Measured): Bar[] {
  const { startsMs, screens, year } = measured;
  const slowest = slowestScreen(screens);
  const most = mostMemory(measured);
  return [
    {
      name: 'start, to the first answer',
      wanted: '< 3 s',
      measured: spread(startsMs),
      holds: median(startsMs) < 3000,
    },
    {
      name: `slowest screen (${slowest.screen})`,
      wanted: '< 200 ms',
      measured: spread(slowest.ms),
      holds: median(slowest.ms) < 200,
    },
    {
      name: 'most memory, the index on disk',
      wanted: '< 1 GB',
      measured: megabytes(most),
      holds: most < gigabyte,
    },
    {
      name: 'a year of the schedule: early, twice or lost',
      wanted: '0',
      measured: formatCount(year.wrong),
      holds: year.wrong === 0,
    },
  ];
}

/** As the bar has it, in thousands of thousands. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

/** Bytes, of an engine with all its threads. */
export function mostMemory({ takenIn, atRest, runs }: Measured): number {
  return Math.max(takenIn.memory.peakBytes, atRest.peakBytes, ...runs.map(({ memory }) => memory.peakBytes));
}

function slowestScreen(screens: readonly ScreenTimes[]): ScreenTimes {
  return screens.reduce((worst, next) => (median(next.ms) > median(worst.ms) ? next : worst));
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** The median, and in brackets the shortest and the longest. */
export function spread(values: readonly number[]): string {
  const round = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
  return `${round(median(values))} ms (${round(Math.min(...values))}–${round(Math.max(...values))})`;
}
