import { describe, expect, test } from 'vitest';
import {
  leftBehind,
  lossesBetween,
  moveChecks,
  type HeldPoint,
  type MoveFacts,
} from '../../../shared/model/failover.ts';

const hour = 3_600_000;
const point = (source: string, hours: number, status = 'complete'): HeldPoint => ({
  original: `${source} ${hours}`,
  source,
  takenAtMs: hours * hour,
  status,
});

describe('what would be lost', () => {
  test('is what only the one that is left holds, worst first', () => {
    const from = [point('a', 1), point('a', 5), point('b', 1), point('b', 2), point('c', 3)];
    const to = [point('a', 1), point('b', 1), point('b', 2)];
    expect(lossesBetween(from, to)).toEqual([
      { source: 'c', newestFromMs: 3 * hour, newestToMs: null, missing: 1, lossMs: null },
      { source: 'a', newestFromMs: 5 * hour, newestToMs: hour, missing: 1, lossMs: 4 * hour },
      { source: 'b', newestFromMs: 2 * hour, newestToMs: 2 * hour, missing: 0, lossMs: 0 },
    ]);
  });

  test('counts from good snapshots: one that is partial or waits for its end brings nothing back', () => {
    const to = [point('a', 1), point('a', 2, 'partial'), point('a', 3, 'pending')];
    expect(lossesBetween([point('a', 4)], to)).toMatchObject([{ newestToMs: hour, lossMs: 3 * hour }]);
  });

  test('is listed snapshot by snapshot, newest first', () => {
    const left = leftBehind([point('a', 1), point('b', 2), point('a', 5)], [point('b', 2), point('c', 9)]);
    expect(left.map(({ original }) => original)).toEqual(['a 5', 'a 1']);
  });

  test('is nothing where what is moved to is ahead', () => {
    expect(lossesBetween([point('a', 1)], [point('a', 1), point('a', 9)])).toMatchObject([{ missing: 0, lossMs: 0 }]);
  });
});

describe('a move', () => {
  const facts: MoveFacts = {
    from: { name: 'office', answers: true },
    to: { name: 'attic', problem: null, isAppendOnly: false, cutsAlike: true },
    claim: null,
    losses: lossesBetween([point('a', 2)], [point('a', 1)]),
  };
  const levels = (change: Partial<MoveFacts>) =>
    moveChecks({ ...facts, ...change }).map(({ id, level }) => [id, level]);

  test('begins where both answer', () => {
    expect(levels({})).toEqual([
      ['target', 'ok'],
      ['origin', 'ok'],
    ]);
  });

  test('does not begin where the target cannot be used, or another console writes there', () => {
    expect(levels({ to: { ...facts.to, problem: 'It is locked.' } })).toContainEqual(['target', 'blocker']);
    expect(levels({ claim: 'Somebody else.' })).toContainEqual(['owner', 'blocker']);
  });

  test('says what is lost where the one that is left is gone, and does not begin where a source would be lost whole', () => {
    const gone = { name: 'office', answers: false };
    expect(levels({ from: gone })).toContainEqual(['loss', 'warning']);
    expect(levels({ from: gone, losses: lossesBetween([point('a', 2)], []) })).toContainEqual([
      'nothing-there',
      'blocker',
    ]);
  });

  test('says what is another matter at the target', () => {
    const { to } = facts;
    expect(levels({ to: { ...to, isAppendOnly: true, cutsAlike: false } })).toEqual(
      expect.arrayContaining([
        ['append-only', 'warning'],
        ['cuts', 'warning'],
      ]),
    );
  });
});
