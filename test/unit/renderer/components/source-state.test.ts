import { describe, expect, it } from 'vitest';
import type { SourceState } from '../../../../shared/contract/live.ts';
import { countWords, dateWords, daysOf } from '../../../../renderer/components/source-days.ts';
import { forVerdict, standingOf, worstFirst } from '../../../../renderer/components/source-state.ts';
import { moreWords, windowAround } from '../../../../renderer/features/overview/matrix-model.ts';

function source(key: string, change: Partial<SourceState> = {}): SourceState {
  return {
    key,
    name: key,
    kind: 'folder',
    hostname: 'annexe',
    registered: null,
    snapshots: 3,
    oldestAt: null,
    newest: point('2026-11-20T08:00:00.000Z'),
    newestGood: point('2026-11-20T08:00:00.000Z'),
    files: null,
    bytes: null,
    profile: null,
    rpoMs: null,
    next: null,
    pause: null,
    waitsFor: null,
    lastRun: null,
    ...change,
  };
}

function point(takenAt: string, status: 'complete' | 'partial' = 'complete') {
  return { snapshot: 'a'.repeat(64), takenAt, status, repository: 'b'.repeat(16) } as const;
}

function run(state: string) {
  return { job: 'c'.repeat(16), state, endedAt: '2026-11-20T09:00:00.000Z', summary: null };
}

const dead = source('dead', { newestGood: null, lastRun: run('done') });
const failed = source('failed', { lastRun: run('interrupted') });
const partial = source('partial', { newest: point('2026-11-21T08:00:00.000Z', 'partial') });
const old = source('old', { newestGood: point('2026-10-01T08:00:00.000Z') });
const fresh = source('fresh', { lastRun: run('cancelled') });

describe('how a source stands', () => {
  it('is judged by its newest good snapshot first, and by its last run then', () => {
    expect([dead, failed, partial, old, fresh].map(standingOf)).toEqual(['none', 'failed', 'partial', 'good', 'good']);
  });

  it('puts the worst first, and among the good ones the oldest', () => {
    expect(worstFirst([fresh, old, partial, failed, dead]).map(({ key }) => key)).toEqual([
      'dead',
      'failed',
      'partial',
      'old',
      'fresh',
    ]);
  });

  it('is told to the verdict under the key, which is unique', () => {
    expect(forVerdict({ ...old, name: 'etc', key: 'etc@nas' }).name).toBe('etc@nas');
  });

  it('is said of those that are not shown as well', () => {
    expect(moreWords([old, fresh])).toBe('2 more, all with a good snapshot');
    expect(moreWords([old, failed])).toMatch(/1 had trouble/);
    expect(moreWords([dead, fresh])).toMatch(/1 of them without a good snapshot/);
  });
});

describe('the days of a source', () => {
  const cells = [
    { day: 0, complete: 23, completeWithExceptions: 0, partial: 1, failed: 0 },
    { day: 2, complete: 1, completeWithExceptions: 0, partial: 0, failed: 0 },
  ];

  it('show the worst of each day with its counts, and nothing where nothing was', () => {
    const days = daysOf('2026-02-27', 3, cells, false);
    expect(days.map(({ state }) => state)).toEqual(['partial', 'none', 'complete']);
    expect(days.map(({ date }) => date)).toEqual(['Fri 27 Feb', 'Sat 28 Feb', 'Sun 1 Mar']);
    expect(countWords({ day: 0, complete: 23, completeWithExceptions: 0, partial: 1, failed: 0 })).toBe(
      '23 complete, 1 partial',
    );
  });

  it('show what runs on the last of them only', () => {
    const days = daysOf('2026-02-27', 3, cells, true);
    expect(days.map(({ state }) => state)).toEqual(['partial', 'none', 'running']);
    expect(days[2]?.words).toBe('running, 1 complete before');
  });

  it('have a date whatever the zone, and none that is invalid', () => {
    expect(dateWords('2026-12-31', 1)).toBe('Fri 1 Jan');
    expect(dateWords('nonsense', 4)).toBe('day 5');
  });

  it('are asked for in steps around what is in sight, never too many', () => {
    expect(windowAround({ from: 0, to: 12 }, 12)).toEqual({ from: 0, to: 12 });
    expect(windowAround({ from: 120, to: 160 }, 1000)).toEqual({ from: 100, to: 200 });
    const { from, to } = windowAround({ from: 0, to: 999 }, 1000);
    expect(to - from).toBeLessThanOrEqual(500);
  });
});
