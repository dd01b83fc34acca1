import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { parseCron } from '../../../shared/model/cron.ts';
import { newestOccurrence, nextOccurrence, occurrences, type PeriodRule } from '../../../shared/model/occurrences.ts';

const berlin = 'Europe/Berlin';
const ms = (text: string, zone = 'UTC') => DateTime.fromISO(text, { zone }).toMillis();
const said = (rule: PeriodRule, zone: string, from: string, to: string) =>
  occurrences(rule, zone, ms(from, zone), ms(to, zone)).map((at) =>
    DateTime.fromMillis(at, { zone }).toISO({ suppressMilliseconds: true, suppressSeconds: true }),
  );

describe('a period comes round', () => {
  test('each day at its time by the clocks of the place, on days of 23 and 25 hours too', () => {
    const daily = { kind: 'daily', hour: 18, minute: 0 } as const;
    expect(said(daily, berlin, '2026-03-28T12:00', '2026-03-30T19:00')).toEqual([
      '2026-03-28T18:00+01:00',
      '2026-03-29T18:00+02:00',
      '2026-03-30T18:00+02:00',
    ]);
  });

  test('once, though clocks skip its time in spring or show it twice in autumn', () => {
    const early = { kind: 'daily', hour: 2, minute: 30 } as const;
    expect(said(early, berlin, '2026-03-28T12:00', '2026-03-29T12:00')).toEqual(['2026-03-29T03:30+02:00']);
    expect(said(early, berlin, '2026-10-24T12:00', '2026-10-25T12:00')).toEqual(['2026-10-25T02:30+02:00']);
  });

  test('every hour that passes: 23 times on one day and 25 times on the other', () => {
    const hourly = { kind: 'hourly', minute: 15 } as const;
    expect(said(hourly, berlin, '2026-03-29T00:00', '2026-03-30T00:00')).toHaveLength(23);
    expect(said(hourly, berlin, '2026-10-25T00:00', '2026-10-26T00:00')).toHaveLength(25);
  });

  test('on the last day of a month that is shorter, and on 28 February in other years than leap years', () => {
    expect(said({ kind: 'monthly', day: 31, hour: 1, minute: 0 }, 'UTC', '2026-01-15', '2026-05-15')).toEqual([
      '2026-01-31T01:00Z',
      '2026-02-28T01:00Z',
      '2026-03-31T01:00Z',
      '2026-04-30T01:00Z',
    ]);
    const leapDay = { kind: 'yearly', month: 2, day: 29, hour: 1, minute: 0 } as const;
    expect(said(leapDay, 'UTC', '2027-01-01', '2028-12-31')).toEqual(['2027-02-28T01:00Z', '2028-02-29T01:00Z']);
  });

  test('once, and by an expression', () => {
    expect(said({ kind: 'once', atMs: ms('2026-05-01T10:00') }, 'UTC', '2026-05-01', '2026-05-02')).toHaveLength(1);
    const fields = parseCron('0 6,18 * * mon-fri') ?? expect.fail();
    expect(said({ kind: 'cron', fields }, 'UTC', '2026-11-20T12:00', '2026-11-23T12:00')).toEqual([
      '2026-11-20T18:00Z',
      '2026-11-23T06:00Z',
    ]);
  });

  test('next and last, however far that is', () => {
    const leap = { kind: 'cron', fields: parseCron('0 0 29 2 *') ?? expect.fail() } as const;
    expect(nextOccurrence(leap, 'UTC', ms('2096-03-01'))).toBe(ms('2104-02-29'));
    const yearly = { kind: 'yearly', month: 1, day: 1, hour: 0, minute: 0 } as const;
    expect(newestOccurrence(yearly, 'UTC', ms('2020-06-01'), ms('2025-12-31'))).toBe(ms('2025-01-01'));
    expect(newestOccurrence(yearly, 'UTC', ms('2025-06-01'), ms('2025-12-31'))).toBeNull();
  });
});

const times = { hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) };
const rules: fc.Arbitrary<PeriodRule> = fc.oneof(
  fc.record({ kind: fc.constant('hourly' as const), minute: times.minute }),
  fc.record({ kind: fc.constant('daily' as const), ...times }),
  fc.record({ kind: fc.constant('weekly' as const), weekday: fc.integer({ min: 1, max: 7 }), ...times }),
  fc.record({ kind: fc.constant('monthly' as const), day: fc.integer({ min: 1, max: 31 }), ...times }),
);
test('an hour after midnight comes also on the days after clocks have skipped one', () => {
  const zone = 'Africa/Cairo';
  // On 24 April 2026 clocks there go from midnight to one.
  const found = occurrences(
    { kind: 'hourly', minute: 5 },
    zone,
    Date.parse('2026-04-20T00:00Z'),
    Date.parse('2026-05-01T00:00Z'),
  );
  const gaps = new Set(found.slice(1).map((at, index) => at - (found[index] ?? 0)));
  expect([...gaps]).toEqual([3_600_000]);
  expect(found).toHaveLength(11 * 24);
});

const zones = fc.constantFrom('UTC', berlin, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Cairo');
const moments = fc.integer({ min: ms('2024-01-01'), max: ms('2028-01-01') });
const span = 40 * 24 * 3_600_000;

describe('for any rule, place and time', () => {
  test('a stretch is what its parts are together', () => {
    fc.assert(
      fc.property(rules, zones, moments, fc.integer({ min: 0, max: span }), (rule, zone, from, length) => {
        const middle = from + Math.floor(length / 3);
        const parts = [...occurrences(rule, zone, from, middle), ...occurrences(rule, zone, middle, from + length)];
        expect(parts).toEqual(occurrences(rule, zone, from, from + length));
      }),
      { numRuns: 60 },
    );
  });

  test('the next after a moment is the newest up to itself', () => {
    fc.assert(
      fc.property(rules, zones, moments, (rule, zone, from) => {
        const next = nextOccurrence(rule, zone, from) ?? expect.fail();
        expect(next).toBeGreaterThan(from);
        expect(newestOccurrence(rule, zone, from, next)).toBe(next);
      }),
      { numRuns: 60 },
    );
  });

  test('each day has one daily, whatever its clocks do', () => {
    fc.assert(
      fc.property(zones, moments, times.hour, times.minute, (zone, from, hour, minute) => {
        const first = DateTime.fromMillis(from, { zone }).startOf('day');
        const end = first.plus({ days: 30 }).startOf('day');
        const found = occurrences({ kind: 'daily', hour, minute }, zone, first.toMillis() - 1, end.toMillis() - 1);
        const days = found.map((at) => DateTime.fromMillis(at, { zone }).toISODate());
        expect(days).toEqual(Array.from({ length: 30 }, (_, day) => first.plus({ days: day }).toISODate()));
      }),
      { numRuns: 60 },
    );
  });
});
