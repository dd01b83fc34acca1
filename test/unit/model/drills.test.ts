import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  coverageOf,
  cursorAfter,
  drillDue,
  drillVerdict,
  missesRto,
  recordOf,
  rtoOf,
  ringLength,
  rtoWords,
  Sampler,
  type DrillFact,
  type DrillItem,
} from '../../../shared/model/drills.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = Date.UTC(2026, 10, 29, 12);

function fact(change: Partial<DrillFact> = {}): DrillFact {
  const whole = { stretch: null, isWhole: true, bytes: 100, wholeBytes: 100, restoreMs: 60_000 };
  return { state: 'passed', startedAtMs: nowMs - dayMs, ...whole, ...change };
}

function part(from: number, to: number, daysAgo: number, state: DrillFact['state'] = 'passed'): DrillFact {
  const startedAtMs = nowMs - daysAgo * dayMs;
  return fact({
    state,
    stretch: { from: from * ringLength, to: to * ringLength },
    isWhole: false,
    bytes: 10,
    startedAtMs,
  });
}

describe('what comes next', () => {
  const items = fc.uniqueArray(
    fc.record({ position: fc.nat(1_000).map((at) => Math.floor((at * ringLength) / 1_001)), bytes: fc.nat(1_000) }),
    { minLength: 1, maxLength: 60, selector: ({ position }) => position },
  );

  test('samples that follow each other bring back everything, each of a bounded size', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 9 }), (all, bytes, most) => {
        const named = all.map((item, at): DrillItem => ({ ...item, name: String(at) }));
        const seen = new Set<string>();
        const facts: DrillFact[] = [];
        for (let drills = 0; seen.size < named.length; drills++) {
          expect(drills).toBeLessThanOrEqual(named.length);
          const sampler = new Sampler(cursorAfter(facts), { bytes, items: most });
          for (const item of named) sampler.add(item);
          const sample = sampler.take();
          const taken = sample?.items ?? [];
          expect(taken.length).toBeGreaterThan(0);
          expect(taken.length).toBeLessThanOrEqual(most);
          if (taken.length > 1) expect(taken.reduce((sum, one) => sum + one.bytes, 0)).toBeLessThanOrEqual(bytes);
          for (const { name } of taken) seen.add(name);
          facts.unshift(fact({ stretch: sample?.stretch ?? null, isWhole: sample?.isWhole ?? false }));
        }
        expect(coverageOf(facts, 0, nowMs)).toBeGreaterThan(0);
      }),
    );
  });

  test('what failed is taken once more', () => {
    expect(cursorAfter([part(0.3, 0.5, 0, 'failed'), part(0.1, 0.3, 1)])).toBe(0.3 * ringLength);
    expect(cursorAfter([])).toBe(0);
  });

  test('of nothing, nothing', () => {
    expect(new Sampler(0, { bytes: 1 }).take()).toBeNull();
  });

  test('all of it, where it is small', () => {
    const sampler = new Sampler(0.4 * ringLength, { bytes: 100 });
    sampler.add({ name: 'a', position: 0.1 * ringLength, bytes: 5 });
    sampler.add({ name: 'b', position: 0.9 * ringLength, bytes: 5 });
    const sample = sampler.take();
    expect(sample?.isWhole).toBe(true);
    expect(sample?.items.map(({ name }) => name)).toEqual(['b', 'a']);
  });
});

describe('coverage', () => {
  test('is the share of the ring that passed drills went over, counted once', () => {
    const facts = [part(0.9, 0.1, 1), part(0.5, 0.7, 2), part(0.6, 0.8, 3), part(0.1, 0.4, 4, 'failed')];
    expect(coverageOf(facts, nowMs - 90 * dayMs, nowMs)).toBeCloseTo(0.5, 10);
  });

  test('forgets what was long ago, and says that it shrinks', () => {
    const facts = [part(0.2, 0.3, 10), part(0, 0.2, 100)];
    const { coverage, isShrinking } = recordOf(facts, nowMs);
    expect(coverage).toBeCloseTo(0.1, 10);
    expect(isShrinking).toBe(true);
    expect(recordOf([part(0, 0.2, 10)], nowMs).isShrinking).toBe(false);
  });
});

describe('recovery time', () => {
  test('is measured where all was brought back, and else estimated from the part, by bytes', () => {
    expect(rtoOf([fact()])).toMatchObject({ ms: 60_000, basis: 'measured' });
    const small = { isWhole: false, stretch: { from: 0, to: 0.1 }, bytes: 1024, wholeBytes: 10 * 1024 };
    const estimated = rtoOf([fact(small)]);
    expect(estimated).toMatchObject({ ms: 600_000, basis: 'estimated' });
    expect(estimated === null ? '' : rtoWords(estimated)).toBe(
      'about 10 min, estimated from 1.0 KiB of 10.0 KiB in 1 min',
    );
  });

  test('is unknown where nothing has passed', () => {
    expect(rtoOf([fact({ state: 'failed' })])).toBeNull();
    expect(missesRto(null, hourMs)).toBeNull();
  });

  test('misses a target that it is over', () => {
    expect(missesRto(rtoOf([fact()]), 59_999)).toBe(true);
    expect(missesRto(rtoOf([fact()]), 60_000)).toBe(false);
    expect(missesRto(rtoOf([fact()]), null)).toBeNull();
  });
});

describe('when one is due', () => {
  const weekly = { rule: { kind: 'weekly', weekday: 7, hour: 3, minute: 0 } } as const;
  const at = { zone: 'UTC', sinceMs: nowMs - 30 * dayMs, nowMs };

  test('as its rule says, once', () => {
    expect(drillDue(weekly, [], { ...at, sinceMs: nowMs }).due).toBe(false);
    expect(drillDue(weekly, [], at).due).toBe(true);
    expect(drillDue(weekly, [fact({ startedAtMs: nowMs - 7 * dayMs })], at).due).toBe(true);
    expect(drillDue(weekly, [fact({ startedAtMs: nowMs - hourMs })], at)).toMatchObject({ due: false });
  });

  test('a day after one that failed', () => {
    const failed = fact({ state: 'failed', startedAtMs: nowMs - 8 * hourMs });
    expect(drillDue(weekly, [failed], at).due).toBe(false);
    expect(drillDue(weekly, [failed], { ...at, nowMs: nowMs + 16 * hourMs }).due).toBe(true);
  });

  test('one that did not begin for two days is overdue', () => {
    const last = [fact({ startedAtMs: nowMs - 7 * dayMs })];
    expect(drillDue(weekly, last, { ...at, nowMs: nowMs + dayMs }).overdue).toBe(false);
    expect(drillDue(weekly, last, { ...at, nowMs: nowMs + 2 * dayMs }).overdue).toBe(true);
  });

  test('a drill of a clock that was ahead does not hold the next one up', () => {
    expect(drillDue(weekly, [fact({ startedAtMs: nowMs + 400 * dayMs })], at).due).toBe(true);
  });
});

describe('what a drill comes to', () => {
  test('one bad check fails it, what was left out makes it partial', () => {
    expect(drillVerdict([{ result: 'good' }, { result: 'bad' }], 0)).toBe('failed');
    expect(drillVerdict([{ result: 'good' }, { result: 'left' }], 0)).toBe('passed');
    expect(drillVerdict([{ result: 'good' }], 1)).toBe('partial');
    expect(drillVerdict([{ result: 'left' }], 0)).toBe('partial');
  });

  test('now passing, now failing is told', () => {
    const states = ['passed', 'failed', 'passed'] as const;
    expect(
      recordOf(
        states.map((state) => fact({ state })),
        nowMs,
      ).isFlaky,
    ).toBe(true);
    expect(recordOf([fact(), fact({ state: 'failed' }), fact({ state: 'failed' })], nowMs).isFlaky).toBe(false);
  });
});
