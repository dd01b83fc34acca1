import { describe, expect, test } from 'vitest';
import { lockRepository } from '../../../electron/engine/repository/lock.ts';
import { forgetSnapshots } from '../../../electron/engine/repository/upkeep/forget.ts';
import { lockOf } from '../../../shared/model/period-retention.ts';
import { expire, expiryCaller, expiryNow, expiryTerms, makeSnapshots } from '../../support/expiring.ts';
import { makeLocalPlace } from '../../support/local-place.ts';
import { openKnown, storedNames } from '../../support/upkeep-repository.ts';

describe('expiry', () => {
  test('removes what its periods no longer keep, and nothing of others', async () => {
    await using place = await makeLocalPlace();
    const snapshot = makeSnapshots(place.folder);
    const old = snapshot('2026-04-10', 'period=daily');
    const weekly = snapshot('2026-04-11', 'period=daily', 'period=weekly');
    const unknown = snapshot('2026-01-01', 'period=quarterly');
    const unlabelled = snapshot('2026-01-02');
    const young = snapshot('2026-04-30', 'period=daily');
    const others = [
      snapshot('2026-01-01', 'period=daily', 'source=music'),
      snapshot('2026-01-01', 'period=daily', 'tenant=other'),
      snapshot('2026-01-01', 'period=daily', 'kind=configuration'),
    ];
    const { removed, removals, retention } = await expire(place.folder);
    expect(removed).toEqual([old]);
    // What went is told with its rule: it has to be proved later.
    expect(removals).toMatchObject([
      { snapshot: old, takenAtMs: Date.parse('2026-04-10T12:00:00Z'), hostname: 'desk' },
    ]);
    expect(removals[0]?.reasons.at(-1)).toMatch(/^its time was over on 2026-/);
    expect(retention).toMatchObject({ review: null, refused: null });
    expect(storedNames(place.folder, 'snapshots').toSorted()).toEqual(
      [weekly, unknown, unlabelled, young, ...others].toSorted(),
    );
    expect(storedNames(place.folder, 'locks')).toEqual([]);
  });

  test('looks again at what there is each time it has the repository', async () => {
    await using place = await makeLocalPlace();
    const snapshot = makeSnapshots(place.folder);
    const old = ['2026-04-01', '2026-04-02', '2026-04-03'].map((date) => snapshot(date, 'period=daily'));
    snapshot('2026-04-30', 'period=daily');
    const approved = new Set(old);
    const held = new Map<string, { reason: string; author: string }>();
    let asked = 0;
    const outcome = await expire(place.folder, {
      batch: 1,
      terms: () => {
        asked += 1;
        // Somebody holds the last one while the first goes.
        if (asked === 2) held.set(old[2] ?? '', { reason: 'wait', author: 'ann' });
        return Promise.resolve(expiryTerms({ approved, held }));
      },
    });
    expect(outcome.removed).toEqual(old.slice(0, 2));
    expect(outcome.removals.map((one) => one.snapshot)).toEqual(outcome.removed);
    expect(storedNames(place.folder, 'snapshots')).toContain(old[2]);
  });

  test('asks before more than a third goes, and removes what was approved and nothing else', async () => {
    await using place = await makeLocalPlace();
    const snapshot = makeSnapshots(place.folder);
    const old = ['2026-04-01', '2026-04-02', '2026-04-03'].map((date) => snapshot(date, 'period=daily'));
    snapshot('2026-04-30', 'period=daily');
    const asked = await expire(place.folder);
    expect(asked.removed).toEqual([]);
    expect(asked.retention.review).toMatchObject({ snapshots: old, kept: 1 });
    const more = snapshot('2026-04-04', 'period=daily');
    const outcome = await expire(place.folder, {
      terms: () => Promise.resolve(expiryTerms({ approved: new Set(old) })),
    });
    // One more is less than a third.
    expect(outcome.removed.toSorted()).toEqual([...old, more].toSorted());
  });

  test('keeps what was taken before a suspect snapshot, which says so itself', async () => {
    await using place = await makeLocalPlace();
    const snapshot = makeSnapshots(place.folder);
    const old = snapshot('2026-04-10', 'period=daily');
    const suspect = snapshot('2026-04-29', 'period=daily', 'suspect=90 %25 changed');
    snapshot('2026-04-30', 'period=daily');
    expect((await expire(place.folder)).removed).toEqual([]);
    expect((await expire(place.folder, { clearedSuspects: new Set([suspect]) })).removed).toEqual([old]);
  });

  test('takes all parts of a system snapshot, or none', async () => {
    await using place = await makeLocalPlace();
    const snapshot = makeSnapshots(place.folder);
    const parts = [
      snapshot('2026-04-10', 'period=daily', 'system=s1'),
      snapshot('2026-04-10', 'period=daily', 'system=s1', 'source=music'),
    ];
    const whole = [
      snapshot('2026-04-11', 'period=daily', 'system=s2'),
      snapshot('2026-04-11', 'period=weekly', 'system=s2', 'source=music'),
    ];
    snapshot('2026-04-30', 'period=daily');
    snapshot('2026-04-30', 'period=daily', 'source=music');
    const { removed } = await expire(place.folder);
    expect(removed.toSorted()).toEqual(parts.toSorted());
    expect(storedNames(place.folder, 'snapshots')).toEqual(expect.arrayContaining(whole));
  });

  test('judges the age of what others push by when it came in', async () => {
    await using place = await makeLocalPlace();
    const snapshot = makeSnapshots(place.folder);
    const saysOld = snapshot('2026-04-10', 'period=daily');
    const saysYoung = snapshot('2026-04-29', 'period=daily');
    snapshot('2026-04-30', 'period=daily');
    const arrivals = new Map([
      [saysOld, Date.UTC(2026, 3, 29)],
      [saysYoung, Date.UTC(2026, 3, 10)],
    ]);
    expect((await expire(place.folder, { arrivals })).removed).toEqual([saysYoung]);
  });

  test('waits for nobody longer than it may, and then has removed nothing', async () => {
    await using place = await makeLocalPlace();
    const snapshot = makeSnapshots(place.folder);
    snapshot('2026-04-10', 'period=daily');
    snapshot('2026-04-30', 'period=daily');
    const lock = await lockRepository(await openKnown(place.folder), { exclusive: false });
    try {
      await expect(expire(place.folder)).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
    } finally {
      await lock.release();
    }
    expect(storedNames(place.folder, 'snapshots')).toHaveLength(2);
  });
});

test('a locked snapshot is removed by nobody, whatever became of its profile', async () => {
  await using place = await makeLocalPlace();
  const snapshot = makeSnapshots(place.folder);
  const locked = snapshot('2026-04-10', 'period=daily', 'locked=2026-06-01T00:00:00.000Z');
  snapshot('2026-04-30', 'period=daily');
  expect((await expire(place.folder)).removed).toEqual([]);
  const forget = async (by: { snapshots: readonly string[] } | { last: number }, unlocked: readonly string[] = []) =>
    forgetSnapshots({
      repository: await openKnown(place.folder),
      caller: expiryCaller,
      snapshots: 'snapshots' in by ? by.snapshots : [],
      source: undefined,
      rules: 'last' in by ? by : {},
      allowLast: true,
      held: new Map(),
      lockOf: (one) => lockOf(one, expiryTerms({ unlocked: new Set(unlocked) })),
      clearedSuspects: new Set(),
      outdatedConfigurations: [],
      dryRun: false,
      now: () => expiryNow,
      signal: new AbortController().signal,
      onPlan: () => undefined,
      onRemoved: () => undefined,
      onNotice: () => undefined,
    });
  await expect(forget({ snapshots: [locked] })).rejects.toMatchObject({ code: 'SNAPSHOT_LOCKED' });
  expect((await forget({ last: 1 })).groups.flatMap(({ decisions }) => decisions)[1]?.reasons).toEqual([
    'locked until 2026-06-01 00:00 UTC',
  ]);
  expect((await forget({ snapshots: [locked] }, [locked])).removed).toEqual([locked]);
});
