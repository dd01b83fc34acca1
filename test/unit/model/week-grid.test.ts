import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import {
  alwaysFull,
  leavesTime,
  nextRateChangeMs,
  parseWeekGrid,
  rateAt,
  weekGridText,
  type GridSlot,
  type WeekGrid,
} from '../../../shared/model/week-grid.ts';

const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const timeOfDay = fc.integer({ min: 0, max: 24 * 12 - 1 }).map((fives) => {
  const minutes = fives * 5;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
});
const rate = fc.constantFrom('off' as const, 'full' as const, 65_536, 2 * 1024 * 1024);
const slot: fc.Arbitrary<GridSlot> = fc.record({
  weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
  from: timeOfDay,
  to: timeOfDay,
  rate,
});
const grids: fc.Arbitrary<WeekGrid> = fc.record({
  zone: fc.constantFrom(...zones),
  slots: fc.array(slot, { maxLength: 4 }),
  otherwise: rate,
});
/** Around the nights on which clocks change, and in the middle of nowhere. */
const moments = fc
  .tuple(
    fc.constantFrom(
      Date.UTC(2026, 2, 29),
      Date.UTC(2026, 9, 25),
      Date.UTC(2026, 2, 8),
      Date.UTC(2026, 10, 1),
      Date.UTC(2026, 3, 5),
      Date.UTC(2026, 6, 15),
    ),
    fc.integer({ min: -3 * 24 * 60, max: 3 * 24 * 60 }),
  )
  .map(([nearMs, minutes]) => nearMs + minutes * minuteMs);

/** As slowly and as plainly as it can be said: what the clock on the wall shows, held against each slot. */
function rateOnTheWall({ zone, slots, otherwise }: WeekGrid, atMs: number): WeekGrid['otherwise'] {
  const now = DateTime.fromMillis(atMs, { zone: zone ?? 'UTC' });
  const shown = now.toFormat('HH:mm');
  const before = now.weekday === 1 ? 7 : now.weekday - 1;
  let found = otherwise;
  for (const { weekdays, from, to, rate: one } of slots) {
    const today = weekdays.includes(now.weekday);
    const holds =
      from < to
        ? today && from <= shown && shown < to
        : (today && from <= shown) || (weekdays.includes(before) && shown < to);
    if (holds) found = one;
  }
  return found;
}

describe('a week of windows and rates', () => {
  it('allows what the clock on the wall says, also in the nights on which it is changed', () => {
    fc.assert(
      fc.property(grids, moments, (grid, atMs) => {
        expect(rateAt(grid, atMs, 'UTC')).toBe(rateOnTheWall(grid, atMs));
      }),
      { numRuns: 1_000 },
    );
  });

  it('names the first minute at which another rate counts', () => {
    fc.assert(
      fc.property(grids, moments, (grid, atMs) => {
        const now = rateAt(grid, atMs, 'UTC');
        let expected: number | null = null;
        for (let later = atMs + minuteMs; later <= atMs + 8 * dayMs && expected === null; later += minuteMs)
          if (rateOnTheWall(grid, later) !== now) expected = later;
        const found = nextRateChangeMs(grid, atMs, 'UTC');
        // A week holds every slot, so what does not change within it never does.
        if (expected !== null || found === null) expect(found).toBe(expected);
        else expect(rateAt(grid, found, 'UTC')).not.toBe(now);
      }),
      { numRuns: 25 },
    );
  });

  it('is the same after it was written down and read again', () => {
    fc.assert(
      fc.property(grids, moments, (grid, atMs) => {
        const read = parseWeekGrid(weekGridText(grid), grid.zone);
        if ('problem' in read) throw new Error(read.problem);
        expect(rateAt(read.grid, atMs, 'UTC')).toBe(rateAt(grid, atMs, 'UTC'));
      }),
      { numRuns: 300 },
    );
  });

  it('is read as an operator types it', () => {
    const read = parseWeekGrid('mon-fri 08:00-18:00 off; sat,sun full; otherwise 2MiB/s', 'Europe/Berlin');
    if ('problem' in read) throw new Error(read.problem);
    const at = (text: string) => rateAt(read.grid, DateTime.fromISO(text, { zone: 'Europe/Berlin' }).toMillis(), 'UTC');
    expect(at('2026-07-15T12:00')).toBe('off');
    expect(at('2026-07-15T18:00')).toBe(2 * 1024 * 1024);
    expect(at('2026-07-18T12:00')).toBe('full');
  });

  it('says what is wrong with what cannot be meant', () => {
    const problem = (text: string) => {
      const read = parseWeekGrid(text, null);
      return 'problem' in read ? read.problem : null;
    };
    expect(problem('someday 08:00-18:00 off')).toContain('no days');
    expect(problem('mon 25:00-26:00 off')).toContain('no clock shows');
    expect(problem('mon 10B/s')).toContain('1KiB/s at least');
    expect(problem('mon 08:00 off')).toContain('no part of a week');
    expect(problem('')).toBeNull();
  });

  it('knows a week that leaves no time', () => {
    expect(leavesTime(alwaysFull)).toBe(true);
    expect(leavesTime({ zone: null, slots: [], otherwise: 'off' })).toBe(false);
    const night: GridSlot = { weekdays: [7], from: '22:00', to: '06:00', rate: 1024 };
    expect(leavesTime({ zone: null, slots: [night], otherwise: 'off' })).toBe(true);
    const all = { weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00', rate: 'off' } as const;
    expect(leavesTime({ zone: null, slots: [all], otherwise: 'full' })).toBe(false);
  });
});
