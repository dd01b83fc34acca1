import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  parsePercent,
  parseSize,
} from '../../../shared/model/units.ts';

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [3.4 * 1024 ** 3, '3.4 GiB'],
    [2 ** 53, '8.0 PiB'],
  ])('of %d bytes are shown as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    ['500', 500],
    ['500B', 500],
    ['10k', 10_240],
    ['1.5G', 1.5 * 1024 ** 3],
    ['10 MiB', 10 * 1024 ** 2],
    ['10MB', 10_000_000],
    ['2t', 2 * 1024 ** 4],
    ['0', 0],
  ])('typed as %s mean %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', 'G', '-1', '1,5G', '10X', '10 iB', '1e9', '99999999P'])('are not meant by "%s"', (text) => {
    expect(parseSize(text)).toBeNull();
  });
});

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [440, '0.4 s'],
    [3000, '3 s'],
    [9_960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [200_000, '3 min 20 s'],
    [7_800_000, '2 h 10 min'],
    [3_599_600, '1 h'],
    [6 * 86_400_000 + 4 * 3_600_000, '6 d 4 h'],
    [86_399_000, '1 d'],
  ])('of %d ms are shown as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

it('shows rates and counts in the same way everywhere', () => {
  expect(formatRate(212.3 * 1024 ** 2)).toBe('212.3 MiB/s');
  expect(formatCount(1_234_567)).toBe('1,234,567');
});

describe('percentages', () => {
  it.each([
    ['5%', 5],
    ['2.5 %', 2.5],
    ['100', 100],
  ])('typed as %s mean %d', (text, percent) => {
    expect(parsePercent(text)).toBe(percent);
  });

  it.each(['', '0%', '100.1%', '-5%', 'half', '5%%'])('are not meant by "%s"', (text) => {
    expect(parsePercent(text)).toBeNull();
  });
});
