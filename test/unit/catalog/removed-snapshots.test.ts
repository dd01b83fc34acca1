import { expect, test } from 'vitest';
import { alice, bob, makeCatalogHome } from '../../support/catalog-home.ts';

const removal = (snapshot: string, takenAtMs: number) => ({
  snapshot: snapshot.padEnd(64, '0'),
  source: 'papers',
  takenAtMs,
  reasons: ['its 30 days are over'],
});

test('what was removed is told once, newest first, of its time and to its tenant alone', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  const of = { repository: 'r'.repeat(64), way: 'expiry' as const };
  await catalog.write('removedSnapshots.add', alice, {
    ...of,
    atMs: 1_000,
    removals: [removal('a', 1), removal('b', 2)],
  });
  await catalog.write('removedSnapshots.add', alice, {
    ...of,
    atMs: 2_000,
    removals: [removal('b', 2), removal('c', 3)],
  });
  await catalog.write('removedSnapshots.add', bob, { ...of, way: 'named', atMs: 1_500, removals: [removal('d', 4)] });
  const within = (fromMs: number, toMs: number, limit = 10) =>
    catalog.read('removedSnapshots.list', alice, { fromMs, toMs, limit });
  const all = await within(0, 9_000);
  expect(all.rows.map(({ snapshot }) => snapshot[0])).toEqual(['c', 'b', 'a']);
  expect(all.rows[0]).toMatchObject({
    removedAtMs: 2_000,
    way: 'expiry',
    author: 'cli:alice',
    reasons: ['its 30 days are over'],
  });
  expect((await within(1_000, 2_000)).rows).toHaveLength(2);
  expect(await within(0, 9_000, 1)).toMatchObject({ rows: [{ takenAtMs: 3 }], total: 3 });
  expect((await catalog.read('removedSnapshots.list', bob, { fromMs: 0, toMs: 9_000, limit: 9 })).rows).toHaveLength(1);
  expect(await catalog.read('removedSnapshots.since', alice, null)).toBeGreaterThan(1_700_000_000_000);
  await catalog.write('removedSnapshots.trim', alice, { nowMs: 1_001 + 400 * 24 * 3_600_000 });
  expect((await within(0, 9_000)).rows.map(({ snapshot }) => snapshot[0])).toEqual(['c']);
});
