import { DateTime } from 'luxon';
import { describe, expect, it, test } from 'vitest';
import { blackoutEndMs, leaveTime } from '../../../shared/model/blackouts.ts';
import { effectiveProfile } from '../../../shared/model/effective-profile.ts';
import { impliedRpoMs, rpoOf } from '../../../shared/model/implied-rpo.ts';
import { keepUntil } from '../../../shared/model/keep-until.ts';
import { profileProblems } from '../../../shared/model/profile-check.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import type { Blackout, KeepFor, ProfileDefinition, ProfilePeriod, StoredRule } from '../../../shared/model/profile.ts';

const hourMs = 3_600_000;
const berlin = 'Europe/Berlin';
const ms = (text: string, zone = berlin) => DateTime.fromISO(text, { zone }).toMillis();
const { standard } = presets;

function withPeriod(changes: Partial<ProfilePeriod>): ProfileDefinition {
  const [first, ...others] = standard.periods;
  if (first === undefined) throw new Error('the preset has no period');
  return { ...standard, periods: [{ ...first, ...changes }, ...others] };
}

describe('a profile is looked at before anybody relies on it', () => {
  it.each(Object.entries(presets))('nothing is wrong with the preset %s', (_name, preset) => {
    expect(profileProblems(preset)).toEqual([]);
  });

  it.each<[string, ProfileDefinition, RegExp]>([
    ['a zone that there is not', { ...standard, zone: 'Europe/Atlantis' }, /no time zone called Europe\/Atlantis/],
    ['no period', { ...standard, periods: [] }, /would never take a snapshot/],
    ['a cron that never comes', withPeriod({ rule: { kind: 'cron', expression: '0 0 30 2 *' } }), /no year has a day/],
    ['a cron that is none', withPeriod({ rule: { kind: 'cron', expression: 'at noon' } }), /no cron expression/],
    ['two ids', withPeriod({ id: 'weekly' }), /Two periods have the id weekly/],
    ['two names', withPeriod({ name: 'Weekly' }), /Two periods are called Weekly/],
    ['an empty name', { ...standard, name: ' ' }, /The profile needs a name/],
    ['a period without a name', withPeriod({ name: '' }), /Period daily needs a name/],
    ['an id that is taken', withPeriod({ id: 'manual' }), /by hand are called so/],
    [
      'blackouts all week',
      { ...standard, blackouts: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: '06:00', to: '06:00' }] },
      /leave no time/,
    ],
  ])('%s', (_name, profile, sentence) => {
    expect(profileProblems(profile)).toEqual([expect.stringMatching(sentence)]);
  });
});

describe('the profile that counts', () => {
  const tenant = { scope: 'tenant', subject: '', profile: 'everything' } as const;
  const tag = (subject: string) => ({ scope: 'tag', subject, profile: `tag ${subject}` }) as const;
  const own = { scope: 'source', subject: 'photos', profile: 'own' } as const;
  const source = { name: 'photos', tags: ['office', 'home'] };

  it('is the most particular one', () => {
    expect(effectiveProfile(source, [tenant, tag('office'), own])).toBe(own);
    expect(effectiveProfile(source, [tenant, tag('office')])).toEqual(tag('office'));
    expect(effectiveProfile(source, [tenant, tag('other')])).toBe(tenant);
    expect(effectiveProfile(source, [{ ...own, subject: 'music' }])).toBeNull();
  });

  it('is that of the tag first in the alphabet, however they are ordered', () => {
    expect(effectiveProfile(source, [tag('office'), tag('home')])?.profile).toBe('tag home');
    expect(effectiveProfile({ ...source, tags: ['home', 'office'] }, [tag('office'), tag('home')])?.profile).toBe(
      'tag home',
    );
  });
});

describe('what may be lost at most follows from the periods', () => {
  it.each<[string, StoredRule, number]>([
    ['hourly', { kind: 'hourly', minute: 0 }, 1.5],
    // The day on which clocks go back has 25 hours.
    ['daily', { kind: 'daily', hour: 22, minute: 0 }, 25 + 25 / 4],
    ['weekly', { kind: 'weekly', weekday: 7, hour: 22, minute: 0 }, 7 * 24 + 1 + 24],
    ['on workdays', { kind: 'cron', expression: '0 9 * * 1-5' }, 3 * 24 + 1 + (3 * 24 + 1) / 4],
    ['yearly', { kind: 'yearly', month: 12, day: 31, hour: 22, minute: 0 }, 367 * 24],
  ])('%s', (_name, rule, hours) => {
    expect(impliedRpoMs([{ rule }], berlin)).toBe(hours * hourMs);
  });

  it('is that of all together, and longer where a blackout holds them up', () => {
    const rules: readonly StoredRule[] = [
      { kind: 'hourly', minute: 0 },
      standard.periods[0]?.rule ?? { kind: 'once', at: '' },
    ];
    const periods = rules.map((rule) => ({ rule }));
    expect(impliedRpoMs(periods, berlin)).toBe(1.5 * hourMs);
    const office = [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }];
    expect(impliedRpoMs(periods, 'UTC', office)).toBe(11 * 1.25 * hourMs);
  });

  it('is nothing where no period comes again', () => {
    expect(impliedRpoMs([{ rule: { kind: 'once', at: '2026-05-01T00:00:00Z' } }], berlin)).toBeNull();
  });

  it('gives way to what the profile says, and that to what the source says', () => {
    expect(rpoOf({ rpoMs: null }, { ...standard, rpoMs: 5 * hourMs }, berlin)).toBe(5 * hourMs);
    expect(rpoOf({ rpoMs: hourMs }, { ...standard, rpoMs: 5 * hourMs }, berlin)).toBe(hourMs);
    expect(rpoOf({ rpoMs: null }, null, berlin)).toBeNull();
  });
});

describe('a snapshot is kept by the calendar', () => {
  it.each<[string, KeepFor, string | null]>([
    ['2026-01-31T10:00', { count: 1, unit: 'months' }, '2026-02-28T10:00'],
    ['2028-02-29T10:00', { count: 1, unit: 'years' }, '2029-02-28T10:00'],
    // Clocks go forward in between, and the hour of the day stays.
    ['2026-03-28T10:00', { count: 2, unit: 'days' }, '2026-03-30T10:00'],
    ['2026-03-28T10:00', { count: 24, unit: 'hours' }, '2026-03-29T11:00'],
    ['2026-03-28T10:00', 'forever', null],
    ['2026-03-28T10:00', { count: 0, unit: 'days' }, null],
    ['2026-03-28T10:00', { count: 1e9, unit: 'years' }, null],
  ])('%s for %o', (taken, keep, until) => {
    expect(keepUntil(ms(taken), keep, berlin)).toBe(until === null ? null : ms(until));
  });
});

describe('a blackout', () => {
  const nights: Blackout = { weekdays: [5], from: '22:00', to: '06:00' };

  it('ends on the day after where it goes over midnight', () => {
    // A Friday.
    expect(blackoutEndMs([nights], berlin, ms('2026-05-01T21:59'))).toBeNull();
    expect(blackoutEndMs([nights], berlin, ms('2026-05-01T22:00'))).toBe(ms('2026-05-02T06:00'));
    expect(blackoutEndMs([nights], berlin, ms('2026-05-02T05:59'))).toBe(ms('2026-05-02T06:00'));
    expect(blackoutEndMs([nights], berlin, ms('2026-05-02T06:00'))).toBeNull();
  });

  it('holds by the clocks of the place, all year and also when they change', () => {
    const day: Blackout = { weekdays: [1, 3, 7], from: '08:00', to: '18:30' };
    const night: Blackout = { weekdays: [5, 6], from: '22:00', to: '06:00' };
    const holds = (atMs: number, { weekdays, from, to }: Blackout): boolean => {
      const { weekday, hour, minute } = DateTime.fromMillis(atMs, { zone: berlin });
      const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
      if (to > from) return weekdays.includes(weekday) && time >= from && time < to;
      return (weekdays.includes(weekday) && time >= from) || (weekdays.includes(((weekday + 5) % 7) + 1) && time < to);
    };
    for (let atMs = ms('2026-01-01'); atMs < ms('2027-01-01'); atMs += hourMs / 2) {
      for (const blackout of [day, night]) {
        const end = blackoutEndMs([blackout], berlin, atMs);
        if (end === null) expect(holds(atMs, blackout)).toBe(false);
        else
          expect([holds(atMs, blackout), holds(end - 60_000, blackout), holds(end, blackout)]).toEqual([
            true,
            true,
            false,
          ]);
      }
    }
  });

  it('goes over into the next one', () => {
    const morning: Blackout = { weekdays: [6], from: '05:00', to: '09:00' };
    expect(blackoutEndMs([nights, morning], berlin, ms('2026-05-01T23:00'))).toBe(ms('2026-05-02T09:00'));
  });
});

test('blackouts leave time, or do not', () => {
  const all = [1, 2, 3, 4, 5, 6, 7];
  expect(leaveTime([])).toBe(true);
  expect(leaveTime([{ weekdays: all, from: '00:00', to: '23:59' }])).toBe(true);
  expect(leaveTime([{ weekdays: all, from: '00:00', to: '00:00' }])).toBe(false);
  expect(leaveTime([{ weekdays: all.slice(1), from: '12:00', to: '12:00' }])).toBe(true);
});
