import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../../electron/engine/engine.ts';
import { setIndexRoom } from '../../../electron/engine/repository/index-files.ts';
import { describeTree, diffTrees } from '../../support/describe-tree.ts';
import { noise } from '../../support/odd-tree.ts';
import { makeWorkspace } from '../../support/workspace.ts';

beforeAll(() => setIndexRoom({ memoryBlobs: 0, runBlobs: 16 }));
afterAll(() => setIndexRoom({ memoryBlobs: 10_000_000, runBlobs: 2_000_000 }));

async function drain<Event extends { readonly type: string }>(
  events: Promise<AsyncIterable<Event>>,
): Promise<Extract<Event, { type: 'done' }>> {
  let last: Event | null = null;
  for await (const event of await events) last = event;
  if (last?.type !== 'done') throw new Error('it ended without a result');
  return last as Extract<Event, { type: 'done' }>;
}

test('with an index that lies in files, everything works as with one in memory', { timeout: 240_000 }, async () => {
  await using workspace = await makeWorkspace();
  const source = workspace.path('source');
  for (let folder = 0; folder < 10; folder++) {
    mkdirSync(workspace.path('source', `folder ${folder}`), { recursive: true });
    for (let file = 0; file < 20; file++)
      writeFileSync(workspace.path('source', `folder ${folder}`, `file ${file}`), noise(2000, `${folder} ${file}`));
  }
  const engine = await openEngine({
    home: workspace.home,
    caller: { tenant: 'default', actor: 'test' },
    version: 'test',
    onNotice: () => undefined,
  });
  const { client } = engine;
  const repository = { location: workspace.repository, password: workspace.password };
  await client.repository.init({ repository });
  const first = await drain(client.protection.protect({ repository, paths: [source] }));

  for (let folder = 0; folder < 10; folder++) {
    for (let file = 0; file < 20; file += 3) rmSync(workspace.path('source', `folder ${folder}`, `file ${file}`));
    writeFileSync(workspace.path('source', `folder ${folder}`, 'new'), noise(3000, `new ${folder}`));
    // Known content under a new name is found, and not stored again.
    writeFileSync(workspace.path('source', `folder ${folder}`, 'moved'), noise(2000, `${folder} 0`));
  }
  const before = await client.repository.stats({ repository });
  await drain(client.protection.protect({ repository, paths: [source] }));
  // What the first runs loaded is kept; the prune below takes its index files away, so that it is not believed any more.
  expect(readdirSync(workspace.path('home', 'cache', 'indexes'))).toHaveLength(1);
  const stats = await client.repository.stats({ repository });
  expect(stats.uniqueBytes - before.uniqueBytes).toBe(10 * 3000);
  await drain(client.upkeep.forget({ repository, snapshots: [first.result.snapshot], rules: {} }));
  const pruned = await drain(client.upkeep.prune({ repository, maxUnused: { percent: 0 } }));
  expect(pruned.result).toMatchObject({ issues: [], plan: { duplicates: { blobs: 0 } } });
  expect(pruned.result.copiedBlobs).toBeGreaterThan(100);
  expect((await client.repository.stats({ repository })).blobs).toBeLessThan(stats.blobs);
  expect((await drain(client.repository.check({ repository, readDataPercent: 100 }))).result).toMatchObject({
    errors: [],
  });
  await drain(client.recovery.restore({ repository, selections: ['latest'], target: workspace.path('target') }));
  expect(diffTrees(describeTree(source), describeTree(workspace.path('target', source)))).toEqual([]);
  await engine.close();
  expect(readdirSync(workspace.path('home', 'scratch'))).toEqual([]);
});
