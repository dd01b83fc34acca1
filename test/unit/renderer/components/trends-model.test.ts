import { describe, expect, test } from 'vitest';
import {
  everyDay,
  sayChart,
  sayDay,
  sayValue,
  troubleOf,
  valueOf,
} from '../../../../renderer/components/trends-model.ts';
import type { TrendDay } from '../../../../shared/contract/schedule.ts';

const taken = {
  runs: 2,
  durationMs: { median: 12_000, max: 40_000, sum: 52_000 },
  bytesAdded: 104_857_600,
  bytesStored: 50_000_000,
  filesChanged: 30,
  filesSeen: 2000,
};
const day = (change: Partial<TrendDay> = {}): TrendDay => ({
  date: '2026-11-19',
  runs: 2,
  partial: 0,
  failed: 0,
  missed: 0,
  taken,
  ...change,
});
const none = day({ runs: 0, taken: null });

describe('a day of runs', () => {
  test('has a value for each measure, and none where no run took a snapshot', () => {
    expect(valueOf(day(), 'duration')).toBe(12_000);
    expect(valueOf(day(), 'added')).toBe(104_857_600);
    expect(valueOf(day(), 'changed')).toBe(0.015);
    expect(valueOf(day(), 'rate')).toBeCloseTo(104_857_600 / 52);
    expect(valueOf(none, 'duration')).toBeNull();
    const nothing = { ...taken, filesChanged: 0, filesSeen: 0, durationMs: { median: 0, max: 0, sum: 0 } };
    expect(valueOf(day({ taken: nothing }), 'changed')).toBeNull();
    expect(valueOf(day({ taken: nothing }), 'rate')).toBeNull();
  });

  test('is said with its exact numbers', () => {
    expect(sayDay(day(), 'iec')).toBe(
      '2 runs · median 12 s, longest 40 s · 100.0 MiB new (104,857,600 bytes) · 30 of 2,000 files new or changed (1.5 %) · 1.9 MiB/s',
    );
    const one = day({ runs: 2, failed: 1, taken: { ...taken, runs: 1 } });
    expect(sayDay(one, 'iec')).toMatch(/^2 runs, 1 failed · took 40 s · /);
    expect(sayDay(day({ runs: 0, missed: 1, taken: null }), 'iec')).toBe('no run, 1 missed');
    expect(troubleOf(day())).toBeNull();
  });

  test('of few changes does not look like one of none', () => {
    const said = [0, 0.000_01, 0.0123, 0.5, 1].map((share) => sayValue(share, 'changed', 'iec'));
    expect(said).toEqual(['0 %', '< 0.1 %', '1.2 %', '50 %', '100 %']);
  });
});

describe('a span of days', () => {
  test('holds every day in order, over the ends of months and years', () => {
    const all = everyDay('2026-12-30', 4, [day({ date: '2027-01-01' })]);
    expect(all.map(({ date, runs }) => [date, runs])).toEqual([
      ['2026-12-30', 0],
      ['2026-12-31', 0],
      ['2027-01-01', 2],
      ['2027-01-02', 0],
    ]);
  });

  test('is said in a sentence to those who do not see its chart', () => {
    const longer = day({ taken: { ...taken, durationMs: { median: 65_000, max: 65_000, sum: 65_000 } } });
    expect(sayChart('duration', [longer, none, day()], 'iec')).toBe(
      'Duration of a run, last 3 days: from 12 s to 1 min 5 s, latest 12 s',
    );
    expect(sayChart('rate', [none, none], 'iec')).toBe('New data per second: nothing in the last 2 days');
  });
});
