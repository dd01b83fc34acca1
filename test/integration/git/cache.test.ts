/** What was unpacked to be read: kept within its bounds, never taken from whoever reads it, and whole or not there. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GitCache, type CacheLimits } from '../../../electron/engine/recovery/git/cache.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const kib = 1024;

async function makeCache(limits: Partial<CacheLimits>) {
  const workspace = await makeWorkspace();
  const made: string[] = [];
  const clock = { nowMs: 1_000_000_000_000 };
  const open = (): GitCache =>
    new GitCache(workspace.root, { maxBytes: 1_000 * kib, maxAgeMs: 60_000, ...limits }, () => clock.nowMs);
  const cache = open();
  return {
    clock,
    cache,
    open,
    made,
    folder: join(workspace.root, 'cache', 'git'),
    /** Makes a repository of 100 KiB where it is not there. */
    use: <Result>(tree: string, work: (folder: string) => Promise<Result>, by = cache): Promise<Result> =>
      by.use(
        { repository: 'r', tree },
        async (folder) => {
          made.push(tree);
          mkdirSync(folder);
          writeFileSync(join(folder, 'pack'), Buffer.alloc(100 * kib, tree));
        },
        work,
      ),
    has: (tree: string): Promise<boolean> => cache.has({ repository: 'r', tree }),
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  };
}

const read = (folder: string): Promise<string> =>
  Promise.resolve(readFileSync(join(folder, 'pack'), 'latin1').slice(0, 1));

test('what was used longest ago goes where there is too much, and what is old goes', async () => {
  await using place = await makeCache({ maxBytes: 250 * kib });
  for (const tree of ['a', 'b', 'c']) {
    place.clock.nowMs += 1_000;
    expect(await place.use(tree, read)).toBe(tree);
    place.clock.nowMs += 1_000;
    await place.use('a', read);
  }
  expect([await place.has('a'), await place.has('b'), await place.has('c')]).toEqual([true, false, true]);
  expect(place.made).toEqual(['a', 'b', 'c']);
  place.clock.nowMs += 59_500;
  await place.use('a', read);
  place.clock.nowMs += 59_500;
  await place.cache.sweep();
  expect([await place.has('a'), await place.has('c')]).toEqual([true, false]);
});

test('nothing goes from under whoever reads it, however much there is, and two that want the same wait for one', async () => {
  await using place = await makeCache({ maxBytes: 50 * kib });
  const over = Promise.withResolvers<void>();
  const readers = ['a', 'a', 'b'].map((tree) =>
    place.use(tree, async (folder) => {
      await over.promise;
      return read(folder);
    }),
  );
  await place.use('c', read);
  await place.cache.sweep();
  over.resolve();
  expect(await Promise.all(readers)).toEqual(['a', 'a', 'b']);
  expect(place.made.toSorted()).toEqual(['a', 'b', 'c']);
  await place.cache.sweep();
  expect([await place.has('a'), await place.has('b'), await place.has('c')]).toEqual([false, false, false]);
});

test('many at once, each over the bounds, get what they want, and nobody meets what another removes', async () => {
  await using place = await makeCache({ maxBytes: 0 });
  for (let round = 0; round < 30; round += 1) {
    const trees = ['a', 'b', 'c', 'd', 'a', 'b'];
    expect(await Promise.all(trees.map((tree) => place.use(tree, read)))).toEqual(trees);
    await Promise.all([place.cache.sweep(), place.cache.sweep(), place.use('a', read), place.use('d', read)]);
  }
});

test('what could not be made is not there, and a killed engine leaves nothing for ever', async () => {
  await using place = await makeCache({});
  const failing = place.cache.use(
    { repository: 'r', tree: 'x' },
    (folder) => {
      mkdirSync(folder);
      return Promise.reject(new Error('no space'));
    },
    read,
  );
  await expect(failing).rejects.toThrow('no space');
  expect(await place.has('x')).toBe(false);
  expect(readdirSync(join(place.folder, 'tmp'))).toEqual([]);
  await place.use('a', read);
  mkdirSync(join(place.folder, 'tmp', 'left', 'repository.git'), { recursive: true });
  expect(await place.use('a', read, place.open())).toBe('a');
  expect(existsSync(join(place.folder, 'tmp', 'left'))).toBe(false);
  expect(place.made).toEqual(['a']);
});

test('a place that could not be used once is tried again', async () => {
  await using place = await makeCache({});
  mkdirSync(join(place.folder, '..'), { recursive: true });
  writeFileSync(place.folder, 'no folder');
  await expect(place.use('a', read)).rejects.toThrow('not a directory');
  rmSync(place.folder);
  expect(await place.use('a', read)).toBe('a');
});
