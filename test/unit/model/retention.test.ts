import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyRetention,
  isEmpty,
  lastGoodReason,
  lastGoodSnapshots,
  parseRetentionDuration,
  retentionPeriods,
  snapshotsFromTheFuture,
  type KeepCount,
  type RetentionDuration,
  type RetentionRules,
  type RetentionSnapshot,
} from '../../../shared/model/retention.ts';

const hourMs = 3_600_000;
const now = Date.parse('2026-05-01T00:00:00Z');

const snapshot = (takenAt: string, fields: Partial<RetentionSnapshot> = {}): RetentionSnapshot => ({
  id: takenAt,
  takenAtMs: Date.parse(takenAt),
  utcOffsetMinutes: 0,
  tenant: 'default',
  hostname: 'nas',
  source: 'documents',
  paths: ['/documents'],
  tags: [],
  good: true,
  ...fields,
});

const kept = (snapshots: readonly RetentionSnapshot[], rules: RetentionRules, nowMs = now): string[] =>
  applyRetention(snapshots, rules, nowMs).flatMap(({ decisions }) =>
    decisions.filter(({ keep }) => keep).map(({ snapshot: { id } }) => id),
  );

const hours = (count: number): RetentionDuration => ({ years: 0, months: 0, days: 0, hours: count });

describe('rules', () => {
  it('keep everything when there is none, and say so', () => {
    for (const rules of [{}, { last: 0 }, { within: hours(0) }, { tags: [] }, { counts: { daily: 0 } }]) {
      expect(isEmpty(rules)).toBe(true);
      const [group] = applyRetention([snapshot('2026-01-01T00:00:00Z'), snapshot('2026-01-02T00:00:00Z')], rules, now);
      expect(group?.decisions.map(({ keep, reasons }) => [keep, reasons])).toEqual([
        [true, ['no rule was given']],
        [true, ['no rule was given']],
      ]);
    }
  });

  it('keep the newest of each day, and the oldest while there is a number left', () => {
    const snapshots = ['2026-04-01T08:00:00Z', '2026-04-02T08:00:00Z', '2026-04-02T20:00:00Z', '2026-04-03T08:00:00Z'];
    const all = snapshots.map((takenAt) => snapshot(takenAt));
    expect(kept(all, { counts: { daily: 2 } })).toEqual(['2026-04-03T08:00:00Z', '2026-04-02T20:00:00Z']);
    const sameDay = all.slice(1, 3);
    expect(kept(sameDay, { counts: { daily: 5 } })).toEqual(['2026-04-02T20:00:00Z', '2026-04-02T08:00:00Z']);
  });

  it('cut days where the machine that took the snapshots cuts them', () => {
    const early = snapshot('2026-04-01T22:30:00Z', { utcOffsetMinutes: 120 });
    const later = snapshot('2026-04-02T10:00:00Z', { utcOffsetMinutes: 120 });
    const [group] = applyRetention([snapshot('2026-03-01T00:00:00Z'), early, later], { counts: { daily: 2 } }, now);
    expect(group?.decisions.map(({ keep }) => keep)).toEqual([true, false, true]);
  });

  it('count durations from the newest snapshot, so that a clock ahead of time expires nothing', () => {
    const all = ['2026-04-01T00:00:00Z', '2026-04-02T00:00:00Z', '2026-04-02T12:00:00Z'].map((time) => snapshot(time));
    const rules = { within: { years: 0, months: 0, days: 1, hours: 0 } };
    const wanted = ['2026-04-02T12:00:00Z', '2026-04-02T00:00:00Z'];
    expect(kept(all, rules)).toEqual(wanted);
    expect(kept(all, rules, Date.parse('2099-01-01T00:00:00Z'))).toEqual(wanted);
  });

  it('count a month back as Go does: 31 March less a month is 3 March', () => {
    const all = ['2026-03-02T12:00:00Z', '2026-03-03T12:00:01Z', '2026-03-31T12:00:00Z'].map((time) => snapshot(time));
    expect(kept(all, { within: { years: 0, months: 1, days: 0, hours: 0 } })).toEqual([
      '2026-03-31T12:00:00Z',
      '2026-03-03T12:00:01Z',
    ]);
  });

  it('keep what has all tags of a list', () => {
    const all = [
      snapshot('2026-04-01T00:00:00Z', { tags: ['a', 'b'] }),
      snapshot('2026-04-02T00:00:00Z', { tags: ['a'] }),
      snapshot('2026-04-03T00:00:00Z'),
    ];
    expect(kept(all, { tags: [['a', 'b']] })).toEqual(['2026-04-03T00:00:00Z', '2026-04-01T00:00:00Z']);
  });

  it('see the same name on two machines, or of two tenants, as two sources', () => {
    const all = [
      snapshot('2026-04-01T00:00:00Z'),
      snapshot('2026-04-02T00:00:00Z', { hostname: 'desk' }),
      snapshot('2026-04-03T00:00:00Z', { tenant: 'other' }),
      snapshot('2026-04-04T00:00:00Z', { source: null }),
      snapshot('2026-04-05T00:00:00Z', { source: null, paths: ['/elsewhere'] }),
    ];
    expect(kept(all, { last: 1 })).toHaveLength(5);
  });
});

describe('the last good snapshot', () => {
  it('stays although only partial ones are newer', () => {
    const all = [
      snapshot('2026-04-01T00:00:00Z'),
      snapshot('2026-04-02T00:00:00Z'),
      snapshot('2026-04-03T00:00:00Z', { good: false }),
    ];
    const [group] = applyRetention(all, { last: 1 }, now);
    expect(group?.decisions.map(({ keep, reasons }) => [keep, reasons])).toEqual([
      [true, ['last snapshot']],
      [true, [lastGoodReason]],
      [false, ['no rule keeps it']],
    ]);
  });

  it('is not one that a wrong clock put into the future, unless there is no other', () => {
    const future = snapshot('2027-01-01T00:00:00Z');
    expect([...lastGoodSnapshots([snapshot('2026-04-01T00:00:00Z'), future], now)]).toEqual(['2026-04-01T00:00:00Z']);
    expect([...lastGoodSnapshots([future], now)]).toEqual([future.id]);
    expect(snapshotsFromTheFuture([future, snapshot('2026-05-01T00:30:00Z')], now)).toEqual([future]);
  });
});

it.each([
  ['1y5m7d2h', { years: 1, months: 5, days: 7, hours: 2 }],
  ['2d', { years: 0, months: 0, days: 2, hours: 0 }],
  [' 12h ', hours(12)],
  ['', null],
  ['5', null],
  ['d', null],
  ['2h1d', null],
  ['-1d', null],
  ['1w', null],
])('reads the duration %j', (text, duration) => {
  expect(parseRetentionDuration(text)).toEqual(duration);
});

const count = fc.oneof(fc.constant('unlimited' as const), fc.integer({ min: 0, max: 5 }));
const duration = fc.record({
  years: fc.integer({ min: 0, max: 1 }),
  months: fc.integer({ min: 0, max: 3 }),
  days: fc.integer({ min: 0, max: 40 }),
  hours: fc.integer({ min: 0, max: 30 }),
});
const perPeriod = <Value>(value: fc.Arbitrary<Value>) =>
  fc.record(Object.fromEntries(retentionPeriods.map((period) => [period, value])), { requiredKeys: [] });
const rules: fc.Arbitrary<RetentionRules> = fc.record(
  {
    last: count,
    counts: perPeriod<KeepCount>(count),
    within: duration,
    withinPeriods: perPeriod(duration),
    tags: fc.array(fc.subarray(['a', 'b', 'c'], { minLength: 1 }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const snapshots = fc
  .array(
    fc.record({
      takenAtMs: fc.integer({ min: now - 400 * 24 * hourMs, max: now + 3 * hourMs }),
      utcOffsetMinutes: fc.constantFrom(-480, 0, 120, 345),
      tenant: fc.constantFrom('default', 'other'),
      hostname: fc.constantFrom('nas', 'desk'),
      source: fc.constantFrom(null, 'documents'),
      paths: fc.constantFrom(['/a'], ['/a', '/b']),
      tags: fc.subarray(['a', 'b', 'c']),
      good: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((list): RetentionSnapshot[] => list.map((fields, index) => ({ ...fields, id: String(index) })));

describe('whatever the snapshots and the rules are', () => {
  it('each snapshot is judged once, with a reason', () => {
    fc.assert(
      fc.property(snapshots, rules, (all, given) => {
        const decisions = applyRetention(all, given, now).flatMap((group) => group.decisions);
        expect(decisions.map(({ snapshot: { id } }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
        expect(decisions.every(({ reasons }) => reasons.length > 0)).toBe(true);
      }),
    );
  });

  it('every source keeps its last good snapshot', () => {
    fc.assert(
      fc.property(snapshots, rules, (all, given) => {
        const stay = new Set(kept(all, given));
        for (const id of lastGoodSnapshots(all, now)) expect(stay).toContain(id);
      }),
    );
  });

  it('the order in which they are listed does not matter, nor a second run', () => {
    fc.assert(
      fc.property(snapshots, rules, (all, given) => {
        const stay = kept(all, given).sort();
        expect(kept(all.toReversed(), given).sort()).toEqual(stay);
        // What a rule left of a bucket is the newest of it, so it is kept again.
        const left = all.filter(({ id }) => stay.includes(id));
        const again = new Set(kept(left, given));
        const newest = applyRetention(all, given, now).map(({ decisions }) => decisions.find(({ keep }) => keep));
        for (const decision of newest) if (decision !== undefined) expect(again).toContain(decision.snapshot.id);
      }),
    );
  });

  it('`last` keeps as many of the newest as it says', () => {
    fc.assert(
      fc.property(snapshots, fc.integer({ min: 1, max: 50 }), (all, last) => {
        for (const { decisions } of applyRetention(all, { last }, now)) {
          expect(decisions.slice(0, last).every(({ keep }) => keep)).toBe(true);
          const beyond = decisions.slice(last).filter(({ keep }) => keep);
          expect(beyond.every(({ reasons }) => reasons.length === 1 && reasons[0] === lastGoodReason)).toBe(true);
        }
      }),
    );
  });

  it('one more rule never removes more', () => {
    fc.assert(
      fc.property(snapshots, rules, count, (all, given, hourly) => {
        if (isEmpty(given)) return;
        const more = { ...given, counts: { ...given.counts, hourly: given.counts?.hourly ?? hourly } };
        const stay = new Set(kept(all, more));
        for (const id of kept(all, given)) expect(stay).toContain(id);
      }),
    );
  });
});
