import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { planRuns, type ScheduleHistory, type SchedulePeriod } from '../../../shared/model/schedule.ts';
import { occurrences } from '../../../shared/model/occurrences.ts';

const zone = 'Europe/Berlin';
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const ms = (text: string) => DateTime.fromISO(text, { zone }).toMillis();
const since = ms('2026-01-01');

const period = (
  id: string,
  rule: SchedulePeriod['rule'],
  missed: SchedulePeriod['missed'] = 'catchUp',
): SchedulePeriod => ({
  id,
  rule,
  missed,
  sinceMs: since,
});
const hourly = period('hourly', { kind: 'hourly', minute: 0 });
const daily = period('daily', { kind: 'daily', hour: 18, minute: 0 });
const nothing: ScheduleHistory = { answered: {}, failed: null, isRunning: false };
const options = { zone, pausedUntilMs: null, graceMs: 15 * minute };

describe('what is due', () => {
  test('is nothing before the first occurrence, and it says when to look again', () => {
    const plan = planRuns([{ ...daily, sinceMs: ms('2026-11-25T12:00') }], nothing, options, ms('2026-11-25T13:00'));
    expect(plan).toEqual({ due: null, skipped: [], nextMs: ms('2026-11-25T18:00') });
  });

  test('is one run for all periods that come together', () => {
    const answered = { hourly: ms('2026-11-25T17:00'), daily: ms('2026-11-24T18:00') };
    const plan = planRuns([hourly, daily], { ...nothing, answered }, options, ms('2026-11-25T18:00'));
    expect(plan.due).toEqual({ periods: ['hourly', 'daily'], occurrenceMs: ms('2026-11-25T18:00'), isLate: false });
    expect(plan.nextMs).toBe(ms('2026-11-25T19:00'));
  });

  test('is one run after a long absence, not one for each that was missed', () => {
    const answered = { hourly: ms('2026-11-01T00:00') };
    const plan = planRuns([hourly], { ...nothing, answered }, options, ms('2026-11-25T18:20'));
    expect(plan.due).toEqual({ periods: ['hourly'], occurrenceMs: ms('2026-11-25T18:00'), isLate: true });
  });

  test('is nothing for a missed one that is to be skipped, which is told', () => {
    const skipping = { ...daily, missed: 'skip' as const };
    const answered = { daily: ms('2026-11-23T18:00') };
    const plan = planRuns([skipping], { ...nothing, answered }, options, ms('2026-11-25T09:00'));
    expect(plan.due).toBeNull();
    expect(plan.skipped).toEqual([{ period: 'daily', occurrenceMs: ms('2026-11-24T18:00') }]);
  });

  test('waits for the run under way and for the end of a pause', () => {
    expect(planRuns([hourly], { ...nothing, isRunning: true }, options, ms('2026-11-25T18:00')).due).toBeNull();
    const paused = { ...options, pausedUntilMs: ms('2026-11-26T08:00') };
    expect(planRuns([hourly], nothing, paused, ms('2026-11-25T18:00'))).toMatchObject({
      due: null,
      nextMs: ms('2026-11-26T08:00'),
    });
    expect(planRuns([hourly], nothing, paused, ms('2026-11-26T08:00')).due).not.toBeNull();
  });

  test('is tried again after a failure, later each time, and at once for the next occurrence', () => {
    const failedAt = ms('2026-11-25T18:01');
    const failed = (count: number) => ({
      ...nothing,
      answered: { daily: ms('2026-11-24T18:00') },
      failed: { count, endedAtMs: failedAt },
    });
    const due = (count: number, minutes: number) =>
      planRuns([daily], failed(count), options, failedAt + minutes * minute).due;
    expect(due(1, 4)).toBeNull();
    expect(due(1, 5)).not.toBeNull();
    expect(due(2, 14)).toBeNull();
    expect(due(9, 60)).not.toBeNull();
    expect(planRuns([daily], failed(9), options, ms('2026-11-26T18:00')).due?.occurrenceMs).toBe(
      ms('2026-11-26T18:00'),
    );
  });

  test('is nothing again while a clock that was ahead comes round to what has been answered', () => {
    const answered = { hourly: ms('2026-11-25T20:00') };
    for (const now of ['2026-11-25T17:00', '2026-11-25T19:59', '2026-11-25T20:00']) {
      expect(planRuns([hourly], { ...nothing, answered }, options, ms(now)).due).toBeNull();
    }
    expect(planRuns([hourly], { ...nothing, answered }, options, ms('2026-11-25T21:00')).due).not.toBeNull();
  });
});

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const runMs = 2 * minute;

/** A machine that sleeps, and an engine that is killed in the middle of runs, over a stretch of time. */
function simulate(periods: readonly SchedulePeriod[], fromMs: number, untilMs: number, seed: number) {
  const random = numbersFrom(seed);
  const history = {
    answered: {} as Record<string, number>,
    failed: null as ScheduleHistory['failed'],
    isRunning: false,
  };
  const runs: { readonly askedMs: number; readonly periods: readonly string[]; readonly occurrenceMs: number }[] = [];
  let wakes = 0;
  let lookedMs = fromMs;
  for (let now = fromMs; now < untilMs;) {
    lookedMs = now;
    const { due, nextMs } = planRuns(periods, history, options, now);
    if (due === null) {
      const next = Math.min(nextMs ?? untilMs, untilMs);
      // Sometimes the lid is closed before that, and opened hours or days later.
      const sleeps = random() < 0.01;
      now = sleeps ? Math.max(next, now + random() * 3 * day) : next;
      if (sleeps) {
        wakes += 1;
      }
      continue;
    }
    const isKilled = random() < 0.02;
    if (!isKilled) {
      runs.push({ askedMs: now, periods: due.periods, occurrenceMs: due.occurrenceMs });
      for (const id of due.periods) history.answered[id] = now;
    }
    now += runMs;
  }
  return { runs, wakes, lookedMs };
}

describe('over three years with sleep, kills and clocks that change', () => {
  const periods = [
    hourly,
    daily,
    period('weekly', { kind: 'weekly', weekday: 7, hour: 2, minute: 30 }),
    period('monthly', { kind: 'monthly', day: 31, hour: 3, minute: 0 }),
  ];

  test('no occurrence is answered twice, none early, and none is left open once the machine is awake', () => {
    const from = ms('2026-01-15T10:07');
    const until = ms('2029-01-15');
    for (let seed = 1; seed <= 3; seed++) {
      const begun = periods.map((one) => ({ ...one, sinceMs: from }));
      const { runs, wakes, lookedMs } = simulate(begun, from, until, seed);
      expect(wakes).toBeGreaterThan(20);
      for (const { id, rule } of periods) {
        const all = occurrences(rule, zone, from, lookedMs);
        let at = 0;
        for (const run of runs.filter(({ periods: answered }) => answered.includes(id))) {
          const before = at;
          while (at < all.length && (all[at] ?? 0) <= run.askedMs) at += 1;
          // Whatever a run answers lies before it, and is new since the run before.
          expect(at).toBeGreaterThan(before);
        }
        expect(all.length - at).toBeLessThanOrEqual(1);
      }
    }
  });
});
