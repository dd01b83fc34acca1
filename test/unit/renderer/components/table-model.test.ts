import { expect, test } from 'vitest';
import { extended, moveFor, nextSort, sorted, toggled } from '../../../../renderer/components/table-model.ts';
import {
  barsOf,
  momentAt,
  nearestTo,
  placeOf,
  stepFor,
  tickMarks,
  type TimelinePoint,
} from '../../../../renderer/components/timeline-model.ts';

test('rows are put in order without regard to case; equal ones stay, unknown ones come last both ways', () => {
  const rows = ['b', 'A', null, 'a', 'B'].map((name, index) => ({ name, index }));
  const order = (descending: boolean) => sorted(rows, ({ name }) => name, descending).map(({ index }) => index);
  expect(order(false)).toEqual([1, 3, 0, 4, 2]);
  expect(order(true)).toEqual([0, 4, 1, 3, 2]);
});

test('a header goes from ascending to descending to none', () => {
  const first = nextSort({ column: 'size', descending: true }, 'name');
  expect(first).toEqual({ column: 'name', descending: false });
  expect(nextSort(first, 'name')).toEqual({ column: 'name', descending: true });
  expect(nextSort(nextSort(first, 'name'), 'name')).toBeNull();
});

test('keys move within the table and no further', () => {
  const at = (current: number) => ({ current, count: 100, page: 20 });
  expect(moveFor('ArrowDown', false, at(-1))?.to).toBe(0);
  expect(moveFor('ArrowUp', false, at(0))?.to).toBe(0);
  expect(moveFor('PageDown', false, at(90))?.to).toBe(99);
  expect(moveFor('End', true, at(3))).toEqual({ to: 99, extends: true });
  expect(moveFor('x', false, at(3))).toBeNull();
  expect(moveFor('constructor', false, at(3))).toBeNull();
  expect(moveFor('ArrowDown', false, { current: -1, count: 0, page: 20 })).toBeNull();
});

test('a selection is toggled one by one, and extended over all between', () => {
  expect([...toggled(new Set(['a']), 'a')]).toEqual([]);
  const keyAt = (index: number) => (index === 3 ? undefined : `k${index}`);
  expect([...extended(new Set(['k9']), keyAt, 4, 2)]).toEqual(['k9', 'k2', 'k4']);
});

const points: readonly TimelinePoint[] = Array.from({ length: 50_000 }, (_, index) => ({
  key: String(index),
  at: index * 3_600_000,
  weight: index,
  tone: index === 77 ? 'held' : 'plain',
}));

test('a moment and its place lead to each other, and recent times have more room', () => {
  for (const at of [0, 10, 500, 999, 1000]) expect(momentAt(placeOf(at, 0, 1000), 0, 1000)).toBeCloseTo(at, 6);
  expect(placeOf(900, 0, 1000)).toBeLessThan(0.9);
});

test('bars are no more than there is room for, and none that is held is lost among them', () => {
  const bars = barsOf(points, { from: 0, to: 50_000 * 3_600_000, width: 1200, step: 3 });
  expect(bars.length).toBeLessThanOrEqual(400);
  expect(bars.filter(({ tone }) => tone === 'held')).toHaveLength(1);
  expect(bars.every(({ x, height }) => x >= 0 && x < 1200 && height > 0 && height <= 1)).toBe(true);
});

test('the nearest point is found on either side', () => {
  const few = [0, 10, 20].map((at) => ({ key: String(at), at, weight: null, tone: 'plain' as const }));
  expect([-5, 4, 6, 14, 99].map((at) => nearestTo(at, few))).toEqual([0, 0, 1, 1, 2]);
  expect(nearestTo(5, [])).toBe(-1);
});

test('arrows lead from one snapshot to the next, and begin at the newest', () => {
  expect(stepFor('ArrowLeft', -1, 10)).toBe(8);
  expect(stepFor('ArrowRight', 9, 10)).toBe(9);
  expect(stepFor('Home', 5, 10)).toBe(0);
  expect(stepFor('Enter', 5, 10)).toBeNull();
});

test('the scale has room for its words', () => {
  const from = Date.UTC(2025, 7, 14);
  const to = Date.UTC(2026, 10, 25);
  const marks = tickMarks(from, to, 1000);
  expect(marks.length).toBeGreaterThan(3);
  expect(marks.map(({ label }) => label)).toContain('2026');
  for (const [index, { place }] of marks.entries()) {
    expect(place - (marks[index - 1]?.place ?? -1)).toBeGreaterThan(0.05);
  }
});
