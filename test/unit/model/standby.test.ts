import { describe, expect, test } from 'vitest';
import { conditionsOfStandby } from '../../../shared/model/standby-alerts.ts';
import {
  guardOf,
  lookEveryMs,
  retryAfterMs,
  standbyStep,
  versionName,
  versionsToRemove,
  viewStandby,
  type StandbyFacts,
} from '../../../shared/model/standby.ts';

const minute = 60_000;
const nowMs = Date.parse('2026-11-29T12:00:00Z');
const point = (original: string, minutesAgo: number) => ({ original, takenAtMs: nowMs - minutesAgo * minute });
const facts = (changes: Partial<StandbyFacts> = {}): StandbyFacts => ({
  addedAtMs: nowMs - 600 * minute,
  enabled: true,
  confirmed: true,
  working: false,
  newest: point('b', 10),
  next: point('b', 10),
  shown: point('a', 70),
  guard: null,
  failure: null,
  lookedAtMs: nowMs - minute,
  ...changes,
});
const failure = (count: number, minutesAgo: number) => ({
  code: 'IO_ERROR',
  message: 'No.',
  atMs: nowMs - minutesAgo * minute,
  count,
});

describe('what is done', () => {
  test.each([
    ['update', 'something newer is there', {}],
    ['update', 'it shows nothing yet', { shown: null, lookedAtMs: null }],
    ['none', 'it shows the newest', { shown: point('b', 10) }],
    ['look', 'nobody has looked for a day', { shown: point('b', 10), lookedAtMs: nowMs - lookEveryMs }],
    ['look', 'the clock has gone back since it was looked at', { shown: point('b', 10), lookedAtMs: nowMs + minute }],
    ['none', 'there is no snapshot', { newest: null, next: null, shown: null }],
    ['none', 'it is disabled', { enabled: false }],
    ['none', 'its target was not confirmed here', { confirmed: false }],
    ['none', 'a job is at it', { working: true }],
    ['none', 'something may be wrong with the source', { guard: 'Frozen.' }],
    ['none', 'it has just failed', { failure: failure(1, 4) }],
    ['update', 'it failed a while ago', { failure: failure(1, 5) }],
    ['none', 'it fails again and again', { failure: failure(3, 19) }],
    ['update', 'its failure is of a time to come, by a clock that was set back', { failure: failure(1, -60) }],
  ] as const)('%s: %s', (step, _why, changes) => {
    expect(standbyStep(facts(changes), nowMs)).toBe(step);
  });

  test('what fails is tried again ever later, within an hour', () => {
    expect([1, 2, 3, 4, 5, 50].map((count) => retryAfterMs(count) / minute)).toEqual([5, 10, 20, 40, 60, 60]);
  });
});

describe('how it stands', () => {
  test('the lag is between what is shown and the newest, and it is behind since the first one it does not show', () => {
    const view = viewStandby(facts({ newest: point('c', 1), next: point('b', 30) }));
    expect(view).toEqual({ state: 'behind', reason: null, lagMs: 69 * minute, behindSinceMs: nowMs - 30 * minute });
  });

  test('one that shows the newest is not behind', () => {
    const view = viewStandby(facts({ shown: point('b', 10), next: null }));
    expect(view).toEqual({ state: 'current', reason: null, lagMs: 0, behindSinceMs: null });
  });

  test('one that shows nothing is behind since it was added, not since its source began', () => {
    const view = viewStandby(facts({ shown: null, next: point('x', 9_000) }));
    expect(view).toMatchObject({ lagMs: null, behindSinceMs: nowMs - 600 * minute });
  });

  test.each([
    ['disabled', { enabled: false, guard: 'x' }],
    ['unconfirmed', { confirmed: false }],
    ['working', { working: true, failure: failure(1, 1) }],
    ['stopped', { guard: 'x', failure: failure(1, 1) }],
    ['failed', { failure: failure(1, 1) }],
    ['empty', { newest: null, next: null, shown: null }],
  ] as const)('%s', (state, changes) => {
    expect(viewStandby(facts(changes)).state).toBe(state);
  });
});

test('what holds it back is said in the order of its weight', () => {
  const frozen = { author: 'Ada', reason: 'odd mail' };
  const suspect = { snapshot: '0123456789', reason: '90 % changed' };
  expect(guardOf({ frozen, suspect, emptied: 'Gone.' })).toBe('Everything is frozen by Ada: odd mail');
  expect(guardOf({ frozen: null, suspect, emptied: 'Gone.' })).toContain('snapshot 01234567: 90 % changed');
  expect(guardOf({ frozen: null, suspect: null, emptied: 'Gone.' })).toContain('empty or not mounted: Gone.');
  expect(guardOf({ frozen: null, suspect: null, emptied: null })).toBeNull();
});

test('of versions the newest stay, and the current one, and what somebody has changed', () => {
  const versions = ['a', 'b', 'c', 'd'].map((name) => ({ name, changed: name === 'a' }));
  const removed = (keep: number) => versionsToRemove(versions, 'd', keep).map(({ name }) => name);
  expect(removed(0)).toEqual(['b', 'c']);
  expect(removed(1)).toEqual(['b']);
  expect(removed(2)).toEqual([]);
  // Also where another than the last one is current.
  expect(versionsToRemove(versions, 'b', 0).map(({ name }) => name)).toEqual(['c', 'd']);
});

test('names of versions are in the order of time, and have nothing in them that a file system refuses', () => {
  const original = '1a2b3c4d5e6f';
  expect(versionName({ original, takenAtMs: Date.parse('2026-11-29T20:08:42.900Z') })).toBe(
    '2026-11-29T200842Z-1a2b3c4d',
  );
});

describe('what somebody has to know', () => {
  const known = {
    name: 'warm',
    source: 'papers',
    lagLimitMs: 60 * minute,
    shownAtMs: nowMs - 70 * minute,
    drift: null,
  };
  const rules = (changes: Partial<StandbyFacts>, more: object = {}) => {
    const standby = { ...viewStandby(facts(changes)), ...known, ...more };
    return conditionsOfStandby(standby, { nowMs, zone: 'UTC' }).map(({ rule }) => rule);
  };

  test('is nothing while it is behind for less than it may be', () => {
    expect(rules({})).toEqual([]);
  });

  test('is that it is behind for too long, also because it is stopped, and not where nobody cares', () => {
    expect(rules({ next: point('b', 61) })).toEqual(['standby-behind']);
    expect(rules({ next: point('b', 61), guard: 'x' })).toEqual(['standby-behind']);
    expect(rules({ next: point('b', 61), enabled: false })).toEqual([]);
    expect(rules({ next: point('b', 61) }, { lagLimitMs: null })).toEqual([]);
  });

  test('is that it failed, and that somebody has changed it', () => {
    expect(rules({ failure: failure(1, 1) })).toEqual(['standby-failed']);
    expect(rules({ shown: point('b', 10) }, { drift: { count: 2, first: '/a: It is no file.' } })).toEqual([
      'standby-changed',
    ]);
  });
});
