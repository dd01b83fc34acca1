import { describe, expect, test } from 'vitest';
import { cronMatcher, parseCron } from '../../../shared/model/cron.ts';

describe('a cron expression', () => {
  test('of stars is every minute of every day', () => {
    expect(parseCron('* * * * *')).toMatchObject({
      hours: { length: 24 },
      minutes: { length: 60 },
      daysRestricted: false,
    });
  });

  test('has lists, ranges, steps and names', () => {
    expect(parseCron('0,30 8-18/2 1-7 jan,JUL mon-fri')).toMatchObject({
      minutes: [0, 30],
      hours: [8, 10, 12, 14, 16, 18],
      days: [1, 2, 3, 4, 5, 6, 7],
      months: [1, 7],
      weekdays: [1, 2, 3, 4, 5],
    });
    expect(parseCron('5/20 * * * *')?.minutes).toEqual([5, 25, 45]);
    expect(parseCron('0 0 * * 7')?.weekdays).toEqual([0]);
    expect(parseCron('@weekly')).toEqual(parseCron('0 0 * * sun'));
  });

  test('counts a day when either of two restricted day fields has it, and both of others', () => {
    const either = cronMatcher(parseCron('0 0 13 * fri') ?? expect.fail());
    expect(either.day({ month: 1, day: 13, weekday: 2 })).toBe(true);
    expect(either.day({ month: 1, day: 14, weekday: 5 })).toBe(true);
    expect(either.day({ month: 1, day: 14, weekday: 2 })).toBe(false);
    const weekly = cronMatcher(parseCron('0 0 * * fri') ?? expect.fail());
    expect(weekly.day({ month: 1, day: 13, weekday: 2 })).toBe(false);
  });

  test.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '5-1 * * * *',
    '*/0 * * * *',
    'a * * * *',
    '@reboot',
    '0 0 30 2 *',
  ])('that is none, or never comes, is refused: %j', (text) => expect(parseCron(text)).toBeNull());
});
