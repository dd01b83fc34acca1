import { describe, expect, test } from 'vitest';
import { sayDays, worstOf } from '../../../../renderer/components/days.ts';
import {
  absoluteTime,
  dayTime,
  formatAge,
  relativeTime,
  shortTime,
} from '../../../../renderer/components/format-time.ts';
import { jobDurationMs, progressWords, totalRate } from '../../../../renderer/components/job-words.ts';
import { preferencesFrom } from '../../../../renderer/components/preferences.ts';
import { shellCommand } from '../../../../renderer/components/shell-words.ts';
import { linesOf } from '../../../../renderer/components/spark-lines.ts';
import { visibleText } from '../../../../renderer/components/visible-text.ts';
import type { Job } from '../../../../shared/contract/jobs.ts';

const now = Date.parse('2026-11-25T14:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('moments', () => {
  test.each([
    [now - 2000, 'now'],
    [now - 42_000, '42 s ago'],
    [now - 119_000, '1 min ago'],
    [now - 179_000, '2 min ago'],
    [now - 130 * minute, '2 h 10 min ago'],
    [now - 6 * day, '6 d ago'],
    [now - 400 * day, '400 d ago'],
    [now + 5 * minute, 'in 5 min'],
  ])('%d is %s', (at, words) => expect(relativeTime(at, now)).toBe(words));

  test('an age is never rounded up: 59 min 59 s is not an hour', () => {
    expect(formatAge(hour - 1000)).toBe('59 min');
    expect(formatAge(day - 1000)).toBe('23 h 59 min');
  });

  test('the exact moment is in the zone of whoever looks', () => {
    expect(absoluteTime(now, 'Asia/Kolkata')).toBe('Wed 25 Nov 2026, 19:30:00');
    expect(absoluteTime(Date.parse('2026-09-01T00:00:00Z'), 'UTC')).toBe('Tue 1 Sep 2026, 00:00:00');
  });

  test.each([
    ['2026-11-25T09:05:00Z', '09:05'],
    ['2026-11-24T18:00:00Z', 'Tue 18:00'],
    ['2026-11-12T09:03:00Z', '12 Nov 09:03'],
    ['2025-02-03T09:03:00Z', '3 Feb 2025'],
  ])('%s is short as %s', (at, words) => expect(shortTime(Date.parse(at), now, 'UTC')).toBe(words));

  test('a snapshot is named by its day, and by its year once that is another', () => {
    const later = Date.UTC(2026, 10, 25, 3);
    expect(dayTime(Date.UTC(2026, 10, 25, 2, 48), later, 'UTC')).toBe('Wed 25 Nov, 02:48');
    expect(dayTime(Date.UTC(2025, 10, 25, 2, 48), later, 'UTC')).toBe('Tue 25 Nov 2025, 02:48');
  });
});

const job = (change: Partial<Job>, progress: Partial<NonNullable<Job['progress']>> = {}): Job => ({
  id: '0000000000000001',
  kind: 'protect',
  title: 'finance',
  state: 'running',
  priority: 'normal',
  tenant: 'default',
  actor: 'ada',
  queuedAt: new Date(now - minute).toISOString(),
  startedAt: new Date(now - minute).toISOString(),
  endedAt: null,
  waitsFor: null,
  summary: null,
  error: null,
  progress: {
    phase: 'read',
    doneItems: 10,
    totalItems: 20,
    doneBytes: 1024,
    totalBytes: 4096,
    currentItem: null,
    issues: 0,
    percent: 25,
    measure: 'bytes',
    perSecond: 2048,
    remainingMs: 61_000,
    movedAt: new Date(now).toISOString(),
    ...progress,
  },
  ...change,
});
const say = (one: Job, live = true) => progressWords(one, { units: 'iec', now, live });

describe('what a job says', () => {
  test('phase, amount, speed and what is left', () => {
    expect(say(job({}))).toBe('read · 1.0 KiB of 4.0 KiB · 2.0 KiB/s · about 2 min left');
  });

  test('neither speed nor remaining time while the connection is lost', () => {
    expect(say(job({}), false)).toBe('read · 1.0 KiB of 4.0 KiB');
  });

  test('no remaining time before there is an estimate', () => {
    expect(say(job({}, { totalBytes: null, remainingMs: null, percent: null }))).toBe('read · 1.0 KiB · 2.0 KiB/s');
  });

  test('that nothing moves, instead of a speed that is none', () => {
    const still = job({}, { movedAt: new Date(now - 2 * minute).toISOString() });
    expect(say(still)).toBe('read · 1.0 KiB of 4.0 KiB · nothing has moved for 2 min');
  });

  test('why it waits', () => {
    expect(say(job({ state: 'queued', progress: null, waitsFor: 'the check of NAS' }))).toBe(
      'waits for the check of NAS',
    );
  });

  test('how many issues there are', () => {
    expect(say(job({}, { issues: 1204 }))).toContain('1,204 issues');
  });
});

test('the total speed counts what runs and is measured in bytes, and is unknown where nothing is', () => {
  expect(totalRate([job({}), job({}), job({ state: 'cancelling' }), job({}, { measure: 'items' })])).toBe(4096);
  expect(totalRate([job({ state: 'queued', progress: null })])).toBeNull();
});

test('a job lasts until it ends, or until now, and not before it begins', () => {
  expect(jobDurationMs(job({}), now)).toBe(minute);
  expect(jobDurationMs(job({ endedAt: new Date(now - minute / 2).toISOString() }), now)).toBe(minute / 2);
  expect(jobDurationMs(job({ startedAt: null }), now)).toBeNull();
});

describe('text from outside', () => {
  test.each([
    ['plain name, ünïcode 日本', 'plain name, ünïcode 日本'],
    ['budget\u202e2026.xlsx', String.raw`budget\u{202e}2026.xlsx`],
    ['a\nb\tc', String.raw`a\nb\tc`],
    ['zero\u200bwidth', String.raw`zero\u{200b}width`],
    [' lead and trail  ', '␣lead and trail␣␣'],
    ['\u001b[31mred', String.raw`\u{1b}[31mred`],
  ])('%j is seen as %j', (text, seen) => expect(visibleText(text)).toBe(seen));
});

describe('a command line', () => {
  test.each([
    [['holdfast', 'protect', '/srv/data'], 'holdfast protect /srv/data'],
    [['a', "it's", 'x y', ''], String.raw`a 'it'\''s' 'x y' ''`],
    [['a', '$(rm -rf /)', '*'], "a '$(rm -rf /)' '*'"],
    [['a', 'two\nlines', "tab\t'"], String.raw`a $'two\x0alines' $'tab\x09\''`],
  ])('%j', (words, line) => expect(shellCommand(words)).toBe(line));
});

describe('days', () => {
  test('are said with the dates of those that were not well', () => {
    const days = [
      { date: '1 Nov', state: 'complete' },
      { date: '2 Nov', state: 'complete' },
      { date: '3 Nov', state: 'partial' },
    ] as const;
    expect(sayDays(days)).toBe('3 days: 2 complete, 1 partial (3 Nov)');
  });

  test('show their worst', () => {
    const none = { complete: 0, completeWithExceptions: 0, partial: 0, failed: 0 };
    expect(worstOf(none)).toBe('none');
    expect(worstOf({ ...none, complete: 23, partial: 1 })).toBe('partial');
    expect(worstOf({ ...none, complete: 23, partial: 1, failed: 1 })).toBe('failed');
  });
});

test('preferences of another age are not taken', () => {
  expect(preferencesFrom('{"bytes":"si","colors":"pink"}')).toEqual({ bytes: 'si' });
  expect(preferencesFrom('not JSON')).toEqual({});
  expect(preferencesFrom(null)).toEqual({});
});

test('a line breaks where a number is missing', () => {
  expect(linesOf([1, 2, null, null, 3])).toEqual([
    [0, [1, 2]],
    [4, [3]],
  ]);
});
