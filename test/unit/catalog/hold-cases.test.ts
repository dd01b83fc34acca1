import { expect, test } from 'vitest';
import { alice, bob, makeCatalogHome } from '../../support/catalog-home.ts';

const found = (digit: string, source: string, original: string | null = null) => ({
  snapshot: digit.repeat(64),
  source,
  hostname: 'here',
  takenAtMs: 1_000,
  tree: 'f'.repeat(64),
  status: 'complete',
  actor: 'alice',
  files: 1,
  bytes: 10,
  suspicion: null,
  consistency: null,
  consistencyProblem: null,
  labels: null,
  original,
});

test('a snapshot that is at a site, too, is one snapshot of a case, and both of its files are held', async () => {
  await using place = await makeCatalogHome();
  const catalog = place.open();
  const [here, there] = ['ab'.repeat(32), 'cd'.repeat(32)];
  for (const repository of [here, there])
    await catalog.write('repositories.see', alice, { repository, location: `/${repository[0] ?? ''}` });
  const own = [found('1', 'papers'), found('2', 'papers'), found('3', 'mail'), found('4', 'other')];
  const copies = [found('a', 'papers', '1'.repeat(64)), found('b', 'papers', '2'.repeat(64))];
  await catalog.write('snapshots.add', alice, { repository: here, found: own, others: [] });
  await catalog.write('snapshots.add', alice, { repository: there, found: copies, others: [] });
  const count = (sources: readonly string[], caller = alice) => catalog.read('holdCases.count', caller, { sources });
  expect(await count(['papers'])).toBe(2);
  expect(await count(['papers', 'mail', 'papers'])).toBe(3);
  expect([await count([]), await count(['nobody']), await count(['papers'], bob)]).toEqual([0, 0, 0]);
  expect(await catalog.read('holdCases.snapshots', alice, { sources: ['papers'] })).toHaveLength(4);
});
