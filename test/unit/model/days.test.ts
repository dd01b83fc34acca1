import { describe, expect, test } from 'vitest';
import { lastDays } from '../../../shared/model/days.ts';

const hour = 3_600_000;
const at = (iso: string): number => Date.parse(iso);
const lengths = ({ bounds = [] }: { bounds?: readonly number[] }): number[] =>
  bounds.slice(1).map((end, day) => (end - (bounds[day] as number)) / hour);

describe('the last days', () => {
  test('end with today, as the clocks of the place have it', () => {
    const evening = at('2026-11-24T23:30:00Z');
    expect(lastDays(evening, 3, 'UTC')).toEqual({
      first: '2026-11-22',
      bounds: ['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25'].map((day) => at(`${day}T00:00:00Z`)),
    });
    expect(lastDays(evening, 1, 'Europe/Berlin')).toEqual({
      first: '2026-11-25',
      bounds: [at('2026-11-24T23:00:00Z'), at('2026-11-25T23:00:00Z')],
    });
  });

  test('have 23 hours where clocks go forward and 25 where they go back', () => {
    expect(lengths(lastDays(at('2026-03-30T12:00:00Z'), 3, 'Europe/Berlin') ?? {})).toEqual([24, 23, 24]);
    expect(lengths(lastDays(at('2026-10-26T12:00:00Z'), 3, 'Europe/Berlin') ?? {})).toEqual([24, 25, 24]);
  });

  test('begin at one o’clock where clocks skip midnight', () => {
    // In Beirut the 26th of March 2028 has no midnight.
    const { bounds } = lastDays(at('2028-03-27T10:00:00Z'), 2, 'Asia/Beirut') ?? { bounds: [] };
    expect(lengths({ bounds })).toEqual([23, 24]);
  });

  test('a zone that nobody knows gives nothing', () => {
    expect(lastDays(0, 1, 'Mars/Olympus')).toBeNull();
  });
});
