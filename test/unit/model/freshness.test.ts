import { expect, test } from 'vitest';
import { byFreshness, freshnessOf, freshnessWords } from '../../../shared/model/freshness.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-25T12:00:00Z');
const of = (agoHours: number | null, rpoHours: number | null, paused = false) =>
  freshnessOf(
    {
      newestGoodAtMs: agoHours === null ? null : now - agoHours * hour,
      rpoMs: rpoHours === null ? null : rpoHours * hour,
      paused,
    },
    now,
  );

test('a snapshot is fresh up to its limit, and overdue by what is beyond', () => {
  expect(of(24, 24)).toEqual({ state: 'fresh', ageMs: 24 * hour, overMs: null });
  expect(of(26, 24)).toEqual({ state: 'overdue', ageMs: 26 * hour, overMs: 2 * hour });
});

test('nobody is told that all is well where there is no snapshot, or no limit', () => {
  expect(of(null, 24).state).toBe('never');
  expect(of(null, null).state).toBe('never');
  expect(of(900, null).state).toBe('unjudged');
});

test('a pause hides nothing that is too old', () => {
  expect(of(1, 24, true).state).toBe('paused');
  expect(of(26, 24, true).state).toBe('overdue');
});

test('a snapshot of a clock that was ahead is not younger than now', () => {
  expect(of(-5, 24)).toEqual({ state: 'fresh', ageMs: 0, overMs: null });
});

test('the worst comes first', () => {
  const all = [of(1, 24), of(30, 24), of(null, 24), of(900, null), of(50, 24), of(1, 24, true)];
  expect(all.toSorted(byFreshness).map(({ state, overMs }) => [state, overMs])).toEqual([
    ['never', null],
    ['overdue', 26 * hour],
    ['overdue', 6 * hour],
    ['paused', null],
    ['unjudged', null],
    ['fresh', null],
  ]);
});

test('says it in words', () => {
  expect(freshnessWords(of(26.5, 24), 24 * hour)).toBe('2 h 30 min over');
  expect(freshnessWords(of(3, 24), 24 * hour)).toBe('within 1 d');
  expect(freshnessWords(of(3, null), null)).toBe('no limit set');
  expect(freshnessWords(of(3, 24, true), 24 * hour)).toBe('within 1 d, paused');
  expect(freshnessWords(of(null, 24), 24 * hour)).toBe('no good snapshot');
});
