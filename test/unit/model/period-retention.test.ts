import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  keepWholeSystems,
  lockOf,
  retainByPeriods,
  type LabelledSnapshot,
  type RetentionTerms,
} from '../../../shared/model/period-retention.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import {
  daysOfOwnLife,
  ownLife,
  type KeepFor,
  type ProfileDefinition,
  type ProfilePeriod,
} from '../../../shared/model/profile.ts';

const dayMs = 24 * 3_600_000;
const now = Date.UTC(2026, 5, 1);
const [template] = presets.standard.periods;
if (template === undefined) throw new Error('the preset has no period');

const period = (id: string, keep: KeepFor, more: Partial<ProfilePeriod> = {}): ProfilePeriod => ({
  ...template,
  id,
  name: id,
  keep,
  minimum: 0,
  ...more,
});
const days = (count: number): KeepFor => ({ count, unit: 'days' });
const profileOf = (...periods: ProfilePeriod[]): ProfileDefinition => ({ ...presets.standard, zone: 'UTC', periods });

function terms(profile: ProfileDefinition, more: Partial<RetentionTerms> = {}): RetentionTerms {
  return {
    profiles: new Map([['p', profile]]),
    effective: 'p',
    machineZone: 'UTC',
    nowMs: now,
    clockProblem: null,
    held: new Map(),
    suspects: new Set(),
    unlocked: new Set(),
    approved: new Set(),
    spared: new Set(),
    ...more,
  };
}

function aged(id: string, ageDays: number, more: Partial<LabelledSnapshot> = {}): LabelledSnapshot {
  const plain = { profile: 'p', periods: ['daily'], good: true, lockedUntil: null, system: null };
  return { id, takenAtMs: now - ageDays * dayMs, ...plain, ...more };
}

const week = profileOf(period('daily', days(7)), period('weekly', days(30)));
const reasonsOf = (id: string, snapshots: readonly LabelledSnapshot[], given = terms(week)): readonly string[] =>
  retainByPeriods(snapshots, given).decisions.find(({ snapshot }) => snapshot.id === id)?.reasons ?? [];

describe('the periods of a snapshot decide', () => {
  it('a snapshot goes when its time is over', () => {
    const { remove, decisions } = retainByPeriods([aged('old', 7), aged('young', 6.9), aged('new', 0)], terms(week));
    expect(remove).toEqual(['old']);
    expect(decisions.map(({ keep }) => keep)).toEqual([true, true, false]);
    expect(decisions[1]?.untilMs).toBe(now + 0.1 * dayMs);
    expect(decisions[1]?.reasons).toEqual(['daily: until 2026-06-01 02:24 UTC']);
  });

  it('the longer life counts where it carries two labels', () => {
    const both = aged('both', 20, { periods: ['daily', 'weekly'] });
    expect(retainByPeriods([both, aged('new', 0)], terms(week)).remove).toEqual([]);
    expect(reasonsOf('both', [both, aged('new', 0)])).toEqual(['weekly: until 2026-06-11 00:00 UTC']);
  });

  it('what was asked for by hand lives as long as the profile says', () => {
    const manual = aged('manual', 31, { periods: ['manual'] });
    expect(retainByPeriods([manual, aged('new', 0)], terms(week)).remove).toEqual(['manual']);
  });

  it.each<[string, Partial<LabelledSnapshot>, string]>([
    ['no label', { periods: [] }, 'taken for no period'],
    ['no profile', { profile: null }, 'taken without a profile'],
    ['a profile that is gone', { profile: 'q' }, 'its profile is gone'],
    ['a period that is gone', { periods: ['hourly'] }, 'period hourly is gone from Standard'],
    ['a period that is gone beside one that is not', { periods: ['daily', 'hourly'] }, 'period hourly is gone'],
  ])('with %s it is kept until somebody removes it', (_name, more, words) => {
    const snapshots = [aged('odd', 4000, more), aged('new', 0)];
    expect(retainByPeriods(snapshots, terms(week)).remove).toEqual([]);
    expect(reasonsOf('odd', snapshots).join()).toContain(words);
  });
});

describe('what keeps a snapshot beside its time', () => {
  const snapshots = [aged('a', 40), aged('b', 30), aged('c', 20, { good: false }), aged('d', 1)];

  it('is being the last good one', () => {
    const only = [aged('a', 40), aged('b', 30, { good: false }), aged('c', 20, { good: false })];
    expect(retainByPeriods(only, terms(week)).remove).toEqual(['b', 'c'].toSorted());
    expect(reasonsOf('a', only)).toEqual(['last good snapshot of its source']);
  });

  it('is the number that has to stay, of good ones', () => {
    const two = profileOf(period('daily', days(7), { minimum: 2 }));
    expect(retainByPeriods(snapshots, terms(two)).remove).toEqual(['a', 'c']);
    expect(reasonsOf('b', snapshots, terms(two))).toEqual(['one of the newest 2 of daily']);
    // Another profile takes care of the source now.
    expect(retainByPeriods(snapshots, terms(two, { effective: 'q', approved: new Set('abc') })).remove).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('is a hold, a lock, a suspect after it, or what somebody has decided', () => {
    const held = terms(week, { held: new Map([['a', { reason: 'court case', author: 'ann' }]]) });
    expect(reasonsOf('a', snapshots, held)).toEqual(['held by ann: court case']);
    const locked = [aged('a', 40, { lockedUntil: now + dayMs }), aged('d', 1)];
    expect(reasonsOf('a', locked)).toEqual(['locked until 2026-06-02 00:00 UTC']);
    expect(retainByPeriods(locked, terms(week, { unlocked: new Set(['a']) })).remove).toEqual(['a']);
    expect(reasonsOf('a', snapshots, terms(week, { suspects: new Set(['c']) }))).toEqual([
      'taken before suspect snapshot c',
    ]);
    expect(reasonsOf('a', snapshots, terms(week, { spared: new Set(['a']) }))).toEqual([
      'kept when somebody was asked',
    ]);
  });

  it('a lock follows from the profile too, and a later profile does not shorten it', () => {
    const locking = profileOf(period('daily', days(7), { locked: true }));
    expect(lockOf(aged('a', 1), terms(locking))).toBe(now + 6 * dayMs);
    expect(lockOf(aged('a', 1, { lockedUntil: now + dayMs }), terms(week))).toBe(now + dayMs);
    expect(lockOf(aged('a', 8), terms(locking))).toBeNull();
    expect(lockOf(aged('a', 8, { lockedUntil: 'forever' }), terms(week))).toBe('forever');
  });
});

describe('nothing goes', () => {
  const many = Array.from({ length: 9 }, (_, index) => aged(`s${index}`, index * 2 + 0.5));

  it('when more than a third would go at once, until somebody says so', () => {
    const asked = retainByPeriods(many, terms(week));
    expect(asked.remove).toEqual([]);
    expect(asked.review).toMatchObject({ snapshots: ['s8', 's7', 's6', 's5', 's4'], kept: 4 });
    const approved = new Set(asked.review?.snapshots);
    expect(retainByPeriods(many, terms(week, { approved }))).toMatchObject({
      remove: ['s8', 's7', 's6', 's5', 's4'],
      review: null,
    });
    const spared = new Set(asked.review?.snapshots);
    expect(retainByPeriods(many, terms(week, { spared }))).toMatchObject({ remove: [], review: null });
  });

  it('when the clock is in doubt', () => {
    const snapshots = [aged('old', 8), aged('new', 0), aged('other', 1), aged('third', 2)];
    expect(retainByPeriods(snapshots, terms(week)).remove).toEqual(['old']);
    expect(retainByPeriods(snapshots, terms(week, { clockProblem: 'The clock has jumped.' }))).toMatchObject({
      remove: [],
      refused: 'The clock has jumped.',
    });
    const future = [...snapshots, aged('future', -1)];
    expect(retainByPeriods(future, terms(week)).refused).toContain('one of the clocks is wrong');
    expect(retainByPeriods(future, terms(week)).remove).toEqual([]);
  });
});

test('the parts of a system snapshot go together', () => {
  const part = aged('part', 8, { system: 'x' });
  const own = retainByPeriods([part, aged('new', 0)], terms(week));
  const other = retainByPeriods([aged('other', 8, { system: 'x', periods: ['weekly'] })], terms(week));
  expect(own.remove).toEqual(['part']);
  const together = keepWholeSystems(own, [...own.decisions, ...other.decisions]);
  expect(together.remove).toEqual([]);
  expect(together.decisions.at(-1)).toMatchObject({ keep: true, reasons: [expect.stringContaining('other is kept')] });
  expect(keepWholeSystems(own, own.decisions).remove).toEqual(['part']);
});

describe('for any snapshots and profile', () => {
  const keep = fc.oneof(
    fc.constant<KeepFor>('forever'),
    fc.record({ count: fc.integer({ min: 1, max: 60 }), unit: fc.constantFrom('hours', 'days', 'weeks') }),
  );
  const profile = fc
    .tuple(keep, keep, fc.nat({ max: 4 }), fc.nat({ max: 4 }))
    .map(([daily, weekly, one, other]) =>
      profileOf(period('daily', daily, { minimum: one }), period('weekly', weekly, { minimum: other })),
    );
  const anySnapshot = fc.record({
    age: fc.integer({ min: 0, max: 2000 }),
    periods: fc.subarray(['daily', 'weekly', 'manual', 'gone']),
    good: fc.boolean(),
    profile: fc.constantFrom('p', 'p', 'p', null),
  });
  const snapshots = fc
    .array(anySnapshot, { maxLength: 40 })
    .map((all) => all.map(({ age, ...more }, index) => aged(`s${index}`, age / 10, more)));

  it('the last good one, and as many good ones of each period as have to, stay', () => {
    fc.assert(
      fc.property(snapshots, profile, (all, definition) => {
        const { decisions } = retainByPeriods(all, terms(definition));
        const kept = decisions.filter((one) => one.keep).map((one) => one.snapshot);
        const good = all.filter((one) => one.good);
        if (good.length > 0) {
          const newest = Math.max(...good.map(({ takenAtMs }) => takenAtMs));
          expect(kept.some((one) => one.good && one.takenAtMs === newest)).toBe(true);
        }
        for (const { id, minimum } of definition.periods) {
          const of = (list: readonly LabelledSnapshot[]) =>
            list.filter((one) => one.good && one.profile === 'p' && one.periods.includes(id)).length;
          expect(of(kept)).toBeGreaterThanOrEqual(Math.min(minimum, of(all)));
        }
      }),
    );
  });

  it('a further label, or a longer life, never lets one go', () => {
    fc.assert(
      fc.property(snapshots, profile, fc.nat({ max: 39 }), (all, definition, at) => {
        const goes = (list: readonly LabelledSnapshot[], given: ProfileDefinition): ReadonlySet<string> =>
          new Set(
            retainByPeriods(list, terms(given))
              .decisions.filter((one) => !one.keep)
              .map((one) => one.snapshot.id),
          );
        const before = goes(all, definition);
        const labelled = all.map((one, index) =>
          index === at ? { ...one, periods: [...one.periods, 'weekly'] } : one,
        );
        const target = `s${at}`;
        // Without any it stays until somebody removes it.
        const isLabelled = (all[at]?.periods.length ?? 0) > 0;
        if (isLabelled && !before.has(target)) expect(goes(labelled, definition).has(target)).toBe(false);
        const longer = {
          ...definition,
          periods: definition.periods.map((one) => ({ ...one, keep: 'forever' as const })),
        };
        for (const id of goes(all, longer)) expect(before.has(id)).toBe(true);
      }),
    );
  });

  it('what has gone does not come back as time passes', () => {
    fc.assert(
      fc.property(snapshots, profile, fc.integer({ min: 0, max: 400 }), (all, definition, later) => {
        const first = retainByPeriods(all, terms(definition)).decisions.filter((one) => !one.keep);
        const second = retainByPeriods(all, terms(definition, { nowMs: now + later * dayMs })).decisions;
        for (const { snapshot } of first)
          expect(second.find((one) => one.snapshot.id === snapshot.id)?.keep).toBe(false);
      }),
    );
  });

  it('never more than a third goes unasked, but one or two', () => {
    fc.assert(
      fc.property(snapshots, profile, (all, definition) => {
        const { remove, review } = retainByPeriods(all, terms(definition));
        expect(remove.length <= Math.max(2, all.length / 3)).toBe(true);
        if (review !== null) expect(remove).toEqual([]);
      }),
    );
  });
});

test('a snapshot that states its own life lives so long, whatever its profile, and the last good one stays', () => {
  const own = { profile: null, periods: [ownLife(10)] };
  const all = [aged('old', 12, own), aged('newer', 11, own), aged('young', 9, own)];
  expect(retainByPeriods(all, terms(week)).remove).toEqual(['old', 'newer']);
  expect(retainByPeriods(all.slice(0, 2), terms(week)).remove).toEqual(['old']);
  // No period is called so.
  expect(daysOfOwnLife('daily')).toBeNull();
  expect(daysOfOwnLife('days:0')).toBeNull();
});
