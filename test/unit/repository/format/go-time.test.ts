import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatGoTime, formatGoTimeNs, parseGoTime } from '../../../../electron/engine/repository/format/go-time.ts';

const second = 1_000_000_000n;
const earliestNs = -62_167_219_200n * second;
const latestNs = 253_402_300_799n * second + 999_999_999n;

describe('writing', () => {
  test.each([
    [0n, '1970-01-01T00:00:00Z'],
    [1n, '1970-01-01T00:00:00.000000001Z'],
    [10n, '1970-01-01T00:00:00.00000001Z'],
    [500_000_000n, '1970-01-01T00:00:00.5Z'],
    [120_300_000n, '1970-01-01T00:00:00.1203Z'],
    [999_999_999n, '1970-01-01T00:00:00.999999999Z'],
    [1_714_979_289_123_456_789n, '2024-05-06T07:08:09.123456789Z'],
    [951_782_400n * second, '2000-02-29T00:00:00Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'],
    [-second, '1969-12-31T23:59:59Z'],
    [-second - 1n, '1969-12-31T23:59:58.999999999Z'],
    [-2_000_000_000n * second + 5n, '1906-08-16T20:26:40.000000005Z'],
    [earliestNs, '0000-01-01T00:00:00Z'],
    [latestNs, '9999-12-31T23:59:59.999999999Z'],
  ])('%d ns is %s', (timeNs, text) => {
    expect(formatGoTimeNs(timeNs)).toBe(text);
  });

  test('the same second again, with another fraction and after other seconds', () => {
    expect(formatGoTime(7, 1)).toBe('1970-01-01T00:00:07.000000001Z');
    expect(formatGoTime(7, 0)).toBe('1970-01-01T00:00:07Z');
    expect(formatGoTime(8, 900_000_000)).toBe('1970-01-01T00:00:08.9Z');
    expect(formatGoTime(7, 100)).toBe('1970-01-01T00:00:07.0000001Z');
  });

  test.each([
    ['after the year 9999', latestNs + 1n, /^9999-/],
    ['far after it', 2n ** 63n * 1000n, /^9999-/],
    ['before the year 0', earliestNs - 1n, /^0000-/],
    ['far before it', -(2n ** 63n) * 1000n, /^0000-/],
  ])('a time %s stays a time with four digits of year', (_when, timeNs, year) => {
    const text = formatGoTimeNs(timeNs);
    expect(text).toMatch(year);
    expect(parseGoTime(text)).not.toBeNull();
  });
});

describe('reading', () => {
  test.each([
    ['2024-05-06T07:08:09Z', 1_714_979_289n * second],
    ['2024-05-06T07:08:09.123456789Z', 1_714_979_289_123_456_789n],
    ['2024-05-06T07:08:09.1Z', 1_714_979_289_100_000_000n],
    ['2024-05-06T09:08:09.5+02:00', 1_714_979_289_500_000_000n],
    ['2024-05-06T03:38:09.5-03:30', 1_714_979_289_500_000_000n],
    ['2024-05-06T07:08:09+00:00', 1_714_979_289n * second],
    ['1969-12-31T23:59:59.999999999Z', -1n],
    ['1970-01-01T00:30:00+01:00', -1800n * second],
    ['0000-01-01T00:00:00Z', earliestNs],
    ['9999-12-31T23:59:59.999999999Z', latestNs],
    ['2024-05-06T07:08:09.1234567891111Z', 1_714_979_289_123_456_789n],
  ])('%s is %d ns', (text, timeNs) => {
    expect(parseGoTime(text)).toBe(timeNs);
  });

  test.each([
    '',
    'yesterday',
    '2024-05-06',
    '2024-05-06T07:08:09',
    '2024-05-06 07:08:09Z',
    '2024-05-06t07:08:09z',
    '2024-05-06T07:08Z',
    '2024-05-06T07:08:09.Z',
    '2024-05-06T07:08:09+0200',
    '2024-05-06T07:08:09+02',
    '12024-05-06T07:08:09Z',
    '-2024-05-06T07:08:09Z',
    '2024-13-06T07:08:09Z',
    '2024-05-32T07:08:09Z',
    '2024-05-06T25:08:09Z',
    '2024-05-06T07:60:09Z',
    '2024-05-06T07:08:60Z',
    ' 2024-05-06T07:08:09Z',
    '2024-05-06T07:08:09Z\n',
  ])('%j is no time', (text) => {
    expect(parseGoTime(text)).toBeNull();
  });

  test.each(['2024-02-30T00:00:00Z', '2024-01-01T24:00:00Z', '2024-01-01T00:00:00+24:00', '2024-01-01T00:00:00+01:60'])(
    '%j is no time either, as Go has it',
    (text) => {
      expect(parseGoTime(text)).toBeNull();
    },
  );
});

test('every time of the years 0 to 9999 comes back to the nanosecond', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: earliestNs, max: latestNs }), (timeNs) => {
      const text = formatGoTimeNs(timeNs);
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,8}[1-9])?Z$/);
      expect(parseGoTime(text)).toBe(timeNs);
    }),
  );
});
