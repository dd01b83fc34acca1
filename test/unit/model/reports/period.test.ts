import { expect, test } from 'vitest';
import { parsePeriod, usualPeriods } from '../../../../shared/model/reports/period.ts';

const nowMs = Date.UTC(2026, 10, 30, 8, 0);
const zone = 'Europe/Berlin';

function span(text: string): string | null {
  const found = parsePeriod(text, nowMs, zone);
  return found === null
    ? null
    : `${new Date(found.fromMs).toISOString()} ${new Date(found.toMs).toISOString()} ${found.words}`;
}

test.each([
  ['last-7-days', '2026-11-23T08:00:00.000Z 2026-11-30T08:00:00.000Z the last 7 days'],
  ['4w', '2026-11-02T08:00:00.000Z 2026-11-30T08:00:00.000Z the last 28 days'],
  ['yesterday', '2026-11-28T23:00:00.000Z 2026-11-29T23:00:00.000Z 2026-11-29'],
  ['last-week', '2026-11-22T23:00:00.000Z 2026-11-29T23:00:00.000Z week 48 of 2026'],
  // Clocks were put back in it.
  ['last-month', '2026-09-30T22:00:00.000Z 2026-10-31T23:00:00.000Z October 2026'],
  ['last-quarter', '2026-06-30T22:00:00.000Z 2026-09-30T22:00:00.000Z quarter 3 of 2026'],
  ['2026-10', '2026-09-30T22:00:00.000Z 2026-10-31T23:00:00.000Z October 2026'],
  ['2025', '2024-12-31T23:00:00.000Z 2025-12-31T23:00:00.000Z 2025'],
  ['2026-11-30', '2026-11-29T23:00:00.000Z 2026-11-30T23:00:00.000Z 2026-11-30'],
  ['2026-11-01..2026-11-15', '2026-10-31T23:00:00.000Z 2026-11-15T23:00:00.000Z 2026-11-01 to 2026-11-15'],
])('%s is %s', (text, expected) => {
  expect(span(text)).toBe(expected);
});

test.each(['', 'soon', '0d', '999d', '2027-01', '2026-13', '2026-11-15..2026-11-01', '2027-01-01'])(
  '%s is none',
  (text) => {
    expect(span(text)).toBeNull();
  },
);

test('what is offered can be read, and a zone that nobody knows is none', () => {
  expect(usualPeriods.filter((text) => span(text) === null)).toEqual([]);
  expect(parsePeriod('last-7-days', nowMs, 'Mars/Olympus')).toBeNull();
});
