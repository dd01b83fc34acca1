import { describe, expect, test } from 'vitest';
import {
  conditionsOfLocks,
  lockMarginDays,
  nextLockLookMs,
  type LockFacts,
} from '../../../shared/model/lock-upkeep.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = Date.UTC(2026, 10, 29);

function facts(given: Partial<LockFacts> = {}): LockFacts {
  return {
    mode: 'governance',
    days: 30,
    lookedAtMs: nowMs,
    needed: 10,
    extended: 0,
    untilMs: nowMs + 30 * dayMs,
    next: null,
    problem: null,
    ...given,
  };
}

describe('when locks are looked at', () => {
  test('a margin before the first of them ends, which is half of a short time', () => {
    expect(lockMarginDays(30)).toBe(14);
    expect(lockMarginDays(4)).toBe(2);
    expect(nextLockLookMs(facts())).toBe(nowMs + 16 * dayMs);
    expect(nextLockLookMs(facts({ untilMs: nowMs + 20 * dayMs }))).toBe(nowMs + 6 * dayMs);
  });

  test('soon again where there was more than one look allows, where one ends, and where it failed', () => {
    expect(nextLockLookMs(facts({ next: 'data/aa' }))).toBe(nowMs + 6 * hourMs);
    expect(nextLockLookMs(facts({ untilMs: nowMs }))).toBe(nowMs + 6 * hourMs);
    expect(nextLockLookMs(facts({ problem: { text: 'No.', sinceMs: nowMs } }))).toBe(nowMs + hourMs);
  });

  test('before what was written since can end, however long the others are locked', () => {
    expect(nextLockLookMs(facts({ untilMs: nowMs + 900 * dayMs }))).toBe(nowMs + 16 * dayMs);
  });
});

test('that locks cannot be put off is told once it has gone on for a day', () => {
  const of = { id: 'r', name: 'vault' };
  const problem = { text: 'The store refused it.', sinceMs: nowMs };
  expect(conditionsOfLocks(of, facts(), nowMs)).toEqual([]);
  expect(conditionsOfLocks(of, facts({ problem }), nowMs + 23 * hourMs)).toEqual([]);
  expect(conditionsOfLocks(of, facts({ problem }), nowMs + 25 * hourMs)).toMatchObject([
    { rule: 'locks-not-extended', subject: 'r', detail: expect.stringContaining('2026-12-29') as string },
  ]);
});
