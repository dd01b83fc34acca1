import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeLocalPlace } from '../../support/local-place.ts';
import {
  damageIn,
  flipByte,
  makeKnownRepository,
  packFile,
  prune,
  repair,
  storedNames,
} from '../../support/upkeep-repository.ts';

test('writes an index anew where all of it is gone', async () => {
  await using place = await makeLocalPlace();
  makeKnownRepository(place.folder);
  for (const name of storedNames(place.folder, 'index')) rmSync(join(place.folder, 'index', name));
  expect(await damageIn(place.folder)).not.toEqual([]);
  const outcome = await repair(place.folder);
  // The leftover is no pack.
  expect(outcome).toMatchObject({ packs: 6, blobs: 10, written: 1, replaced: 0, missing: [], kept: 0 });
  expect(outcome.unreadable).toHaveLength(1);
  expect(await damageIn(place.folder)).toEqual([]);
});

test('replaces damaged index files, and those that say what is not so', async () => {
  await using place = await makeLocalPlace();
  const known = makeKnownRepository(place.folder);
  const names = storedNames(place.folder, 'index');
  flipByte(join(place.folder, 'index', names[0] ?? ''), 30);
  writeFileSync(join(place.folder, 'index', names[1] ?? ''), '', { flag: 'w' });
  known.writer.putFile('index', '{"packs":[{"id":"nonsense"}]}');
  const outcome = await repair(place.folder);
  expect(outcome.replaced).toBe(names.length + 1);
  expect(storedNames(place.folder, 'index')).toHaveLength(1);
  expect(await damageIn(place.folder)).toEqual([]);
});

test('names packs that cannot be read, and keeps what the old index said of them', async () => {
  await using place = await makeLocalPlace();
  const known = makeKnownRepository(place.folder);
  const file = packFile(place.folder, known.packs.whole);
  flipByte(file, readFileSync(file).length - 20);
  const outcome = await repair(place.folder);
  const named = outcome.unreadable.map(({ path }) => path).toSorted();
  expect(named).toEqual([known.packs.whole, known.packs.leftover].map((name) => `data/${name}`).toSorted());
  expect(outcome.kept).toBe(1);
  // Its header is damaged, which check says; its blobs are intact and still found.
  const damage = await damageIn(place.folder);
  expect(new Set(damage.map(({ path }) => path))).toEqual(new Set([`data/${known.packs.whole}`]));
  expect(damage.map(({ message }) => message).join()).not.toContain('Blob');
});

test('names packs that are gone, and takes them out of the index', async () => {
  await using place = await makeLocalPlace();
  const known = makeKnownRepository(place.folder);
  rmSync(packFile(place.folder, known.packs.dead));
  const { missing } = await repair(place.folder);
  expect(missing).toMatchObject([{ path: `data/${known.packs.dead}`, code: 'STORED_FILE_MISSING' }]);
  expect(await damageIn(place.folder)).toEqual([]);
});

test('lists what interrupted runs left, so that prune can tell whether it is needed', async () => {
  await using place = await makeLocalPlace();
  const known = makeKnownRepository(place.folder);
  await repair(place.folder);
  const { plan } = await prune(place.folder);
  expect(plan).toMatchObject({ dead: { packs: 3 }, leftovers: { packs: 1 } });
  expect(storedNames(place.folder, 'data')).not.toContain(known.packs.deadTrees);
  expect(await damageIn(place.folder)).toEqual([]);
});
