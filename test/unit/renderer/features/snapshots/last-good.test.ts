import { expect, test } from 'vitest';
import { lastGoodOf } from '../../../../../renderer/features/snapshots/git/last-good.ts';

const at = (time: string) => Date.parse(`2026-01-01T${time}Z`);
const points = ['01:00:00', '02:00:00', '03:00:00'].map((time) => ({ key: time, at: at(time) }));

test('the snapshot of the run that had all of it is the last good one', () => {
  expect(lastGoodOf(points, '2026-01-01T02:00:00.350Z')?.key).toBe('02:00:00');
});

test('where that run has left no snapshot, the next one holds the same', () => {
  expect(lastGoodOf(points, '2026-01-01T02:30:00Z')?.key).toBe('03:00:00');
  expect(lastGoodOf(points, '2025-12-31T00:00:00Z')?.key).toBe('01:00:00');
});

test('nothing is named where nothing is known, or no snapshot is left', () => {
  expect(lastGoodOf(points, null)).toBe(null);
  expect(lastGoodOf(points, 'yesterday')).toBe(null);
  expect(lastGoodOf(points, '2026-01-02T00:00:00Z')).toBe(null);
});
