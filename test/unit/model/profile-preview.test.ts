import { DateTime } from 'luxon';
import { describe, expect, it, test } from 'vitest';
import { retainByPeriods, type LabelledSnapshot } from '../../../shared/model/period-retention.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import { plannedRuns, steadyBytes, steadyCount } from '../../../shared/model/profile-preview.ts';
import { profileWarnings } from '../../../shared/model/profile-warnings.ts';
import type { KeepFor, ProfileDefinition, ProfilePeriod } from '../../../shared/model/profile.ts';

const berlin = 'Europe/Berlin';
const dayMs = 24 * 3_600_000;
const ms = (text: string): number => DateTime.fromISO(text, { zone: berlin }).toMillis();
const { standard, frequent, archive } = presets;

function daily(changes: Partial<ProfilePeriod>): ProfileDefinition {
  const [first] = standard.periods;
  if (first === undefined) throw new Error('the preset has no period');
  return { ...standard, zone: berlin, periods: [{ ...first, ...changes }] };
}

test('what is due together is one run with all labels and the longest life', () => {
  // A Sunday that is the last day of its month.
  const runs = plannedRuns(standard, berlin, ms('2026-05-30T12:00'), ms('2026-06-02T12:00'));
  expect(runs).toEqual([
    { atMs: ms('2026-05-30T22:00'), periods: ['daily'], keepUntilMs: ms('2026-06-13T22:00') },
    { atMs: ms('2026-05-31T22:00'), periods: ['daily', 'weekly', 'monthly'], keepUntilMs: ms('2027-05-31T22:00') },
    { atMs: ms('2026-06-01T22:00'), periods: ['daily'], keepUntilMs: ms('2026-06-15T22:00') },
  ]);
});

test('what a blackout holds up begins together when it ends', () => {
  const office = { ...frequent, blackouts: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }] };
  const runs = plannedRuns(office, berlin, ms('2026-06-01T06:30'), ms('2026-06-01T19:00'));
  expect(runs.map(({ atMs }) => atMs)).toEqual(['07:00', '18:00', '19:00'].map((time) => ms(`2026-06-01T${time}`)));
});

describe('how many snapshots there will be', () => {
  const now = ms('2026-08-05T12:30');

  /** Runs that all were good, and retention after each. */
  function lived(profile: ProfileDefinition, sinceMs: number): number {
    const runs = plannedRuns(profile, berlin, sinceMs, now);
    let snapshots: readonly LabelledSnapshot[] = [];
    for (const [index, { atMs, periods }] of runs.entries()) {
      const taken = { takenAtMs: atMs, profile: 'p', periods, good: true, lockedUntil: null, system: null };
      snapshots = [...snapshots, { id: String(atMs), ...taken }];
      // Once a day is enough for what comes every hour.
      if (index % Math.ceil(runs.length / 600) !== 0 && index !== runs.length - 1) continue;
      const { decisions } = retainByPeriods(snapshots, {
        profiles: new Map([['p', profile]]),
        effective: 'p',
        machineZone: berlin,
        nowMs: atMs === runs.at(-1)?.atMs ? now : atMs,
        clockProblem: null,
        held: new Map(),
        suspects: new Set(),
        unlocked: new Set(),
        approved: new Set(),
        spared: new Set(),
      });
      snapshots = decisions.filter(({ keep }) => keep).map(({ snapshot }) => snapshot);
    }
    return snapshots.length;
  }

  it.each([
    ['Standard', standard, 500],
    ['Frequent', frequent, 400],
    [
      'two a day for three days',
      daily({ rule: { kind: 'cron', expression: '0 6,18 * * *' }, keep: { count: 3, unit: 'days' } }),
      30,
    ],
    ['what has to stay', daily({ keep: { count: 1, unit: 'hours' }, minimum: 5 }), 30],
  ])('is counted as it comes about: %s', (_name, profile, days) => {
    expect(steadyCount(profile, berlin, now)).toBe(lived(profile, now - days * dayMs));
  });

  it('has no end where something is kept for ever', () => {
    expect(steadyCount(archive, berlin, now)).toBeNull();
  });

  it('is carried on where counting would take long', () => {
    const hours: KeepFor = { count: 10, unit: 'years' };
    const count = steadyCount(daily({ rule: { kind: 'hourly', minute: 0 }, keep: hours }), berlin, now);
    expect(count).toBeGreaterThan(87_000);
    expect(count).toBeLessThan(88_500);
  });

  it('takes what the source adds in a run', () => {
    const figures = { totalBytes: 1000, addedBytes: 400, storedBytes: 200, runs: 10 };
    expect(steadyBytes(11, figures)).toBe(500 + 10 * 20);
    expect(steadyBytes(null, figures)).toBeNull();
    expect(steadyBytes(11, null)).toBeNull();
  });
});

describe('a warning', () => {
  const now = ms('2026-01-01T12:00');
  const of = (profile: ProfileDefinition): readonly string[] =>
    profileWarnings(profile, berlin, now, steadyCount(profile, berlin, now));

  it('is not given without a reason', () => {
    expect(of(daily({}))).toEqual([]);
    const { archive: _isForEver, ...shipped } = presets;
    for (const profile of Object.values(shipped)) expect(of({ ...profile, zone: berlin })).toEqual([]);
  });

  it.each<[string, ProfileDefinition, RegExp]>([
    ['many', daily({ keep: { count: 300, unit: 'days' } }), /about 300 snapshots/],
    ['for ever', daily({ keep: 'forever' }), /kept for ever/],
    ['a target that cannot be met', { ...daily({}), rpoMs: 3_600_000 }, /target is 1 h, but up to 1 d 1 h pass/],
    ['kept shorter than until the next', daily({ keep: { count: 5, unit: 'hours' } }), /only the newest 1 is there/],
    [
      'a time that clocks skip',
      daily({ rule: { kind: 'daily', hour: 2, minute: 30 } }),
      /On 2026-03-29 clocks skip 02:30 in Europe\/Berlin: Daily comes at 03:30/,
    ],
    [
      'a day that not all months have',
      daily({ rule: { kind: 'monthly', day: 30, hour: 1, minute: 0 }, keep: { count: 2, unit: 'months' } }),
      /no day 30/,
    ],
    [
      'always held up',
      { ...daily({}), blackouts: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: '20:00', to: '23:00' }] },
      /fall into a blackout/,
    ],
    ['only once, long ago', daily({ rule: { kind: 'once', at: '2020-01-01T00:00:00Z' } }), /which has passed/],
  ])('tells of %s', (_name, profile, words) => {
    expect(of(profile).join('\n')).toMatch(words);
  });
});
