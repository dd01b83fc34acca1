import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastFull, fullAtMs, growthOf, type UsageSample } from '../../../shared/model/forecast.ts';

const dayMs = 86_400_000;
const gib = 1024 ** 3;
const start = Date.UTC(2026, 0, 5, 3);

/** A sample a day; `sizes` in GiB. */
const daily = (sizes: readonly number[]): UsageSample[] =>
  sizes.map((size, day) => ({ atMs: start + day * dayMs, bytes: size * gib }));
const line = (days: number, from: number, perDay: number): number[] =>
  Array.from({ length: days }, (_, day) => from + day * perDay);
const perDay = (samples: readonly UsageSample[]): number => (growthOf(samples).growth?.bytesPerDay ?? NaN) / gib;

describe('growth of a store', () => {
  it('is what a day brings where every day brings the same', () => {
    const { growth } = growthOf(daily(line(30, 100, 2)));
    expect(growth).toMatchObject({ days: 30, spanMs: 29 * dayMs });
    for (const rate of [growth?.bytesPerDay, growth?.lowPerDay, growth?.highPerDay])
      expect((rate ?? 0) / gib).toBeCloseTo(2, 6);
  });

  it('is not moved by one large import, wherever it lies', () => {
    for (const at of [3, 15, 27]) {
      const sizes = line(30, 100, 2).map((size, day) => (day >= at ? size + 1000 : size));
      expect(perDay(daily(sizes))).toBeCloseTo(2, 1);
    }
  });

  it('is what comes between prunes, and as little as the whole time came to', () => {
    // Each month what has grown goes but a third.
    const sizes = line(90, 100, 3).map((size, day) => size - Math.floor(day / 30) * 60);
    const { growth } = growthOf(daily(sizes));
    expect((growth?.bytesPerDay ?? 0) / gib).toBeCloseTo(3, 1);
    expect((growth?.lowPerDay ?? 0) / gib).toBeLessThan((89 * 3 - 120) / 89 + 0.01);
  });

  it('levels a weekly rhythm', () => {
    const sizes = line(60, 100, 0).map((size, day) => size + Math.floor(day / 7) * 70);
    expect(perDay(daily(sizes))).toBeCloseTo(10, 0);
  });

  it('is found in samples that are weeks apart', () => {
    const monthly = Array.from({ length: 8 }, (_, month) => ({
      atMs: start + month * 30 * dayMs,
      bytes: (10 + month * 30) * gib,
    }));
    expect(perDay(monthly)).toBeCloseTo(1, 6);
  });

  it('is not said of too little, and why', () => {
    expect(growthOf([])).toEqual({ growth: null, reason: 'noHistory' });
    expect(growthOf(daily([1, 2, 3]))).toEqual({ growth: null, reason: 'tooFew' });
    const hours = Array.from({ length: 60 }, (_, hour) => ({ atMs: start + hour * 3_600_000, bytes: hour * gib }));
    expect(growthOf(hours)).toEqual({ growth: null, reason: 'tooFew' });
  });

  it('does not depend on the order of samples, and leaves out what is no size', () => {
    const samples = daily(line(20, 5, 1));
    const odd = [{ atMs: NaN, bytes: 5 }, ...samples.toReversed(), { atMs: start, bytes: -1 }];
    expect(growthOf(odd)).toEqual(growthOf(samples));
  });
});

describe('when a store is full', () => {
  const nowMs = start + 29 * dayMs;
  const asked = { usedBytes: 158 * gib, limitBytes: 258 * gib, nowMs };

  it('is what is left by what a day brings', () => {
    expect(forecastFull(daily(line(30, 100, 2)), asked)).toMatchObject({
      state: 'known',
      leftBytes: 100 * gib,
      earliestAtMs: nowMs + 50 * dayMs,
      likelyAtMs: nowMs + 50 * dayMs,
      latestAtMs: nowMs + 50 * dayMs,
    });
  });

  it('is never where it does not grow', () => {
    const same = daily(line(30, 100, 0));
    expect(forecastFull(same, asked)).toMatchObject({ earliestAtMs: null, likelyAtMs: null, latestAtMs: null });
  });

  it('is now where nothing is left, whatever is known of its growth', () => {
    expect(forecastFull([], { ...asked, usedBytes: 258 * gib })).toEqual({ state: 'full', growth: null });
  });

  it('is unknown without a limit or without history, and never guessed', () => {
    expect(forecastFull(daily(line(30, 1, 1)), { ...asked, limitBytes: null })).toMatchObject({ reason: 'noLimit' });
    expect(forecastFull(daily([1, 2]), asked)).toMatchObject({ state: 'unknown', reason: 'tooFew' });
  });

  it('is not said of what lies beyond ten years', () => {
    expect(fullAtMs(0, 3653 * gib, gib)).toBeNull();
    expect(fullAtMs(0, 3652 * gib, gib)).toBe(3652 * dayMs);
  });
});

const anySamples = fc.array(
  fc.record({
    atMs: fc.integer({ min: start, max: start + 500 * dayMs }),
    bytes: fc.integer({ min: 0, max: 2 ** 50 }),
  }),
  { maxLength: 60 },
);

describe('whatever the samples', () => {
  it('the usual pace lies between its ends, and the earliest day is not after the latest', () => {
    fc.assert(
      fc.property(anySamples, fc.integer({ min: 1, max: 2 ** 50 }), (samples, left) => {
        const usedBytes = 2 ** 40;
        const found = forecastFull(samples, { usedBytes, limitBytes: usedBytes + left, nowMs: start });
        if (found.state !== 'known') return;
        const { lowPerDay, bytesPerDay, highPerDay } = found.growth;
        expect(lowPerDay).toBeLessThanOrEqual(bytesPerDay);
        expect(bytesPerDay).toBeLessThanOrEqual(highPerDay);
        const [earliest, likely, latest] = [found.earliestAtMs, found.likelyAtMs, found.latestAtMs].map(
          (at) => at ?? Infinity,
        );
        expect(earliest).toBeLessThanOrEqual(likely ?? 0);
        expect(likely).toBeLessThanOrEqual(latest ?? 0);
        expect(earliest).toBeGreaterThan(start);
      }),
    );
  });

  it('a line is told exactly, and twice the sizes are twice the growth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 120 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        (days, from, rate) => {
          const samples = Array.from({ length: days }, (_, day) => ({
            atMs: start + day * dayMs,
            bytes: from + day * rate,
          }));
          expect(growthOf(samples).growth?.bytesPerDay).toBeCloseTo(rate, 6);
          const twice = samples.map(({ atMs, bytes }) => ({ atMs, bytes: bytes * 2 }));
          expect(growthOf(twice).growth?.bytesPerDay).toBeCloseTo(rate * 2, 6);
        },
      ),
    );
  });
});
