/** Copying snapshots between repositories of different keys, where nothing goes wrong. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withFaults } from '../../../electron/engine/repository/backend/faults.ts';
import { ReadPool } from '../../../electron/engine/repository/read-pool.ts';
import { loadSnapshots } from '../../../electron/engine/repository/snapshots.ts';
import {
  addScene,
  copyPair,
  countingCalls,
  expectSound,
  makePair,
  minuteOf,
  stateOf,
  takeScene,
  type Pair,
} from '../../support/copies.ts';
import { noise } from '../../support/odd-tree.ts';
import { openKnown, storedNames } from '../../support/upkeep-repository.ts';
import type { BlobLocation, BlobType } from '../../../electron/engine/repository/blob-index.ts';

const kib = 1024;
const text = 'all work and no play; '.repeat(500);

/** What the index of a repository says of each blob. */
async function blobsOf(location: string): Promise<ReadonlyMap<string, BlobLocation & { readonly type: BlobType }>> {
  const pool = await ReadPool.open(await openKnown(location));
  try {
    const entries = Array.from({ length: pool.index.blobCount }, (_, entry) => entry);
    return new Map(
      entries.map((entry) => {
        const place = pool.index.location(entry) as BlobLocation;
        return [pool.index.blobId(entry), { ...place, type: pool.index.blobType(entry) }];
      }),
    );
  } finally {
    await pool.close();
  }
}

async function snapshotsOf(location: string) {
  return (await loadSnapshots(await openKnown(location))).snapshots;
}

const office = {
  'notes.txt': text,
  photo: noise(300 * kib, 'photo'),
  letters: { 'one.txt': 'Dear', 'two.txt': 'Sir' },
};

describe('a copy', () => {
  test('is the same snapshot under another key, and says where it comes from', async () => {
    await using pair = await makePair();
    const id = takeScene(pair.from, 1, office, {
      paths: ['/data', '/more'],
      tags: ['kept', 'holdfast:source=office'],
      parent: 'a'.repeat(64),
      excludes: ['*.tmp'],
    });
    const copied = await copyPair(pair);
    const [there] = await snapshotsOf(pair.to.location);
    expect(copied.outcomes).toEqual([{ id, state: 'copied', copy: there?.id }]);
    expect(copied.settled).toEqual(copied.outcomes);
    const [here] = await snapshotsOf(pair.from.location);
    const { parent: _, ...facts } = here?.file ?? { parent: undefined };
    expect(there?.file).toEqual({ ...facts, original: id });
    await expectSound(pair);
  });

  test.each([
    { from: 1, to: 2 },
    { from: 2, to: 1 },
    { from: 1, to: 1 },
  ] as const)('of version $from arrives in a repository of version $to as that has to be', async (versions) => {
    await using pair = await makePair(versions);
    takeScene(pair.from, 1, office);
    await copyPair(pair);
    await expectSound(pair);
    const compressed = [...(await blobsOf(pair.to.location)).values()].filter((blob) => blob.uncompressedLength > 0);
    expect(compressed.length > 0).toBe(versions.to === 2);
  });

  test('is not compressed again: each blob is as long as it was', async () => {
    await using pair = await makePair();
    takeScene(pair.from, 1, office);
    await copyPair(pair);
    const lengths = async (location: string) =>
      new Map(
        [...(await blobsOf(location))].map(([id, { length, uncompressedLength }]) => [
          id,
          [length, uncompressedLength],
        ]),
      );
    const there = await lengths(pair.to.location);
    expect(there).toEqual(await lengths(pair.from.location));
    expect(
      [...there.values()].some(([length = 0, plain = 0]) => plain > length),
      'some are compressed',
    ).toBe(true);
  });

  test('is read through the backend where the source is no folder of this machine', async () => {
    await using pair = await makePair();
    takeScene(pair.from, 1, office);
    const { wrap, calls } = countingCalls();
    await copyPair(pair, { wrapFrom: wrap });
    expect(calls.get('load data')).toBeGreaterThan(0);
    await expectSound(pair);
  });

  test('is whole also of blobs larger than what is kept in memory, and of none', async () => {
    await using pair = await makePair();
    const names = Array.from({ length: 60_000 }, (_, at) => `a file with a name that is rather long ${at}`);
    takeScene(pair.from, 1, {
      wide: Object.fromEntries(names.map((name) => [name, ''])),
      large: noise(20_000 * kib, 'L'),
    });
    await copyPair(pair);
    await expectSound(pair);
  });
});

describe('a snapshot that is there already', () => {
  const present = async (pair: Pair, id: string): Promise<void> => {
    const before = storedNames(pair.to.location, 'snapshots');
    expect(stateOf(await copyPair(pair), id)).toBe('present');
    expect(storedNames(pair.to.location, 'snapshots')).toEqual(before);
  };

  test('is not copied twice', async () => {
    await using pair = await makePair();
    const id = takeScene(pair.from, 1, office);
    await copyPair(pair);
    await present(pair, id);
  });

  test('is known by what it was copied from, although both have got other tags', async () => {
    await using pair = await makePair();
    const tree = addScene(pair.from, office);
    const origin = 'c'.repeat(64);
    const fields = { time: minuteOf(1), original: origin };
    const id = pair.from.writeSnapshot(tree, { ...fields, tags: ['held'] });
    addScene(pair.to, office);
    pair.to.writeSnapshot(tree, { ...fields, tags: ['expires later'] });
    await present(pair, id);
  });

  test('is known where it was copied from there', async () => {
    await using pair = await makePair();
    const tree = addScene(pair.to, office);
    const original = pair.to.writeSnapshot(tree, { time: minuteOf(1), tags: ['old'] });
    addScene(pair.from, office);
    await present(pair, pair.from.writeSnapshot(tree, { time: minuteOf(1), tags: ['new'], original }));
  });

  test('is known by all that it says where nobody has noted where it comes from', async () => {
    await using pair = await makePair();
    const tree = addScene(pair.to, office);
    addScene(pair.from, office);
    const fields = { time: minuteOf(1), paths: ['/b', '/a'], tags: ['x', 'y'] };
    pair.to.writeSnapshot(tree, fields);
    await present(pair, pair.from.writeSnapshot(tree, { ...fields, paths: ['/a', '/b'], tags: ['y', 'x'] }));
  });

  test.each([
    ['another tree', { tree: 'other' }],
    ['another time', { time: minuteOf(2) }],
  ] as const)('is not another one of the same origin: %s', async (_, { tree, ...fields }: Record<string, string>) => {
    await using pair = await makePair();
    const original = 'c'.repeat(64);
    pair.to.writeSnapshot(addScene(pair.to, office), { time: minuteOf(1), original });
    const scene = tree === undefined ? office : { ...office, photo: '' };
    const id = takeScene(pair.from, 1, scene, { original, ...fields });
    expect(stateOf(await copyPair(pair), id)).toBe('copied');
    await expectSound(pair);
  });

  test('is not one that only looks alike', async () => {
    await using pair = await makePair();
    const tree = addScene(pair.from, office);
    addScene(pair.to, office);
    const fields = { time: minuteOf(1), hostname: 'one' };
    const id = pair.from.writeSnapshot(tree, fields);
    pair.to.writeSnapshot(tree, { ...fields, hostname: 'two' });
    expect(stateOf(await copyPair(pair), id)).toBe('copied');
  });

  test('may come with others of the same origin at once', async () => {
    await using pair = await makePair();
    const tree = addScene(pair.from, office);
    const first = pair.from.writeSnapshot(tree, { time: minuteOf(1) });
    const second = pair.from.writeSnapshot(tree, { time: minuteOf(1), original: first, tags: ['held'] });
    const copied = await copyPair(pair, { snapshots: [first, second] });
    expect(copied.outcomes.map(({ state }) => state)).toEqual(['copied', 'present']);
  });
});

describe('what travels', () => {
  test('is only what is missing, once for all snapshots, and is counted', async () => {
    await using pair = await makePair();
    const files = (changed: string) => ({ 'same.bin': noise(100 * kib, 'same'), 'changed.txt': changed });
    const before = takeScene(pair.from, 1, { left: files('a'), right: files('b') });
    await copyPair(pair);
    const [stored] = [storedNames(pair.to.location, 'data').length];
    takeScene(pair.from, 2, { left: files('a'), right: files('c'), third: files('a') });
    takeScene(pair.from, 3, { left: files('a'), right: files('c'), third: files('d') });
    const { figures, outcomes } = await copyPair(pair);
    expect(outcomes.find(({ id }) => id === before)?.state).toBe('present');
    const size = 100 * kib + 1;
    expect(figures).toMatchObject({
      // Two roots, `right`, `third` (equal to `left`, of which nobody knows that it is whole there), and `third` again.
      folders: 5,
      files: 6,
      updatedFiles: 2,
      scannedBytes: 3 * size,
      checkedBytes: 3 * size,
      // Two new roots, `right`, the last `third`; and two changed files.
      sentBlobs: 6,
      sentPacks: storedNames(pair.to.location, 'data').length - stored,
    });
    expect(figures.sentNetBytes).toBeGreaterThan(figures.sentBytes / 4);
    expect(figures.sentBytes).toBeLessThan(10 * kib);
    await expectSound(pair);
  });

  test('is not believed to be whole because a folder is there: a copy that was cut off leaves some without their content', async () => {
    await using pair = await makePair();
    const folder = { deep: { 'lost.txt': text, 'kept.txt': 'kept' } };
    const id = takeScene(pair.from, 1, folder);
    const whole = addScene(pair.to, { 'unrelated.txt': 'x' });
    pair.to.writeSnapshot(whole, { time: minuteOf(0) });
    // Folders alone, as the blobs of a copy come in any order.
    for (const [blob, { type }] of await blobsOf(pair.from.location)) {
      if (type === 'tree') pair.to.addBlob('tree', await plainOf(pair.from.location, type, blob));
    }
    pair.to.writeIndex();
    expect(stateOf(await copyPair(pair), id)).toBe('copied');
    await expectSound(pair);
  });

  test('is not looked for below folders of a snapshot that is there, so a walk is as long as what has changed', async () => {
    await using pair = await makePair();
    const wide = (changed: number) =>
      Object.fromEntries(
        Array.from({ length: 200 }, (_, at) => [`folder ${at}`, { file: `${at} ${at === 7 ? changed : 0}` }]),
      );
    takeScene(pair.from, 1, wide(1));
    expect((await copyPair(pair)).figures.folders).toBe(201);
    takeScene(pair.from, 2, wide(2));
    expect((await copyPair(pair)).figures).toMatchObject({ folders: 2, sentBlobs: 3 });
    await expectSound(pair);
  });

  test('goes under the lock of both repositories, which is gone afterwards', async () => {
    await using pair = await makePair();
    takeScene(pair.from, 1, office);
    const held: number[][] = [];
    const plan = {
      before: () => {
        held.push([pair.from, pair.to].map(({ location }) => storedNames(location, 'locks').length));
      },
    };
    await copyPair(pair, {
      wrapTo: (backend) =>
        withFaults(backend, {
          before: (call) => (call.operation === 'save' && call.handle.type === 'data' ? plan.before() : undefined),
        }),
    });
    expect(held.length).toBeGreaterThan(0);
    for (const locks of held) expect(locks).toEqual([1, 1]);
    await expectSound(pair);
  });
});

describe('an unchanged repository', () => {
  const thousand = 1000;

  test('of a thousand snapshots is recognised from two listings', async () => {
    await using pair = await makePair();
    const tree = addScene(pair.from, office);
    addScene(pair.to, office);
    for (let at = 0; at < thousand; at++) {
      const original = pair.from.writeSnapshot(tree, { time: minuteOf(at) });
      pair.to.writeSnapshot(tree, { time: minuteOf(at), original });
    }
    const [source, target] = [countingCalls(), countingCalls()];
    const copy = async () => {
      source.reset();
      target.reset();
      const { outcomes, figures } = await copyPair(pair, {
        wrapFrom: source.wrap,
        wrapTo: target.wrap,
        memory: pair.memory,
      });
      expect(outcomes.filter(({ state }) => state === 'present')).toHaveLength(thousand);
      return figures;
    };
    await copy();
    expect(source.calls.get('load snapshots'), 'each is loaded once').toBe(thousand);
    const { sourceRequests, targetRequests } = await copy();
    expect({ sourceRequests, targetRequests }).toEqual({ sourceRequests: 1, targetRequests: 1 });
    // To open a repository takes its config and a key.
    for (const { calls, all } of [source, target]) {
      expect(calls.get('list snapshots')).toBe(1);
      expect(all()).toBe(4);
    }
  });

  test('is still compared where what is kept of it is damaged, or of another version', async () => {
    await using pair = await makePair();
    const id = takeScene(pair.from, 1, office);
    await copyPair(pair, { memory: pair.memory });
    const { writeFileSync, readdirSync } = await import('node:fs');
    for (const content of ['{', '[]', '{"unfinished":1,"headers":{}}']) {
      for (const name of readdirSync(pair.memory)) writeFileSync(join(pair.memory, name), content);
      expect(stateOf(await copyPair(pair, { memory: pair.memory }), id)).toBe('present');
    }
    for (const name of readdirSync(pair.memory))
      expect(() => JSON.parse(readFileSync(join(pair.memory, name), 'utf8')) as unknown).not.toThrow();
  });

  test('forgets snapshots that are gone, and copies them again', async () => {
    await using pair = await makePair();
    const id = takeScene(pair.from, 1, office);
    await copyPair(pair, { memory: pair.memory });
    const { rmSync } = await import('node:fs');
    for (const name of storedNames(pair.to.location, 'snapshots')) rmSync(join(pair.to.location, 'snapshots', name));
    expect(stateOf(await copyPair(pair, { memory: pair.memory }), id)).toBe('copied');
    await expectSound(pair);
  });
});

async function plainOf(location: string, type: BlobType, id: string): Promise<Buffer> {
  const pool = await ReadPool.open(await openKnown(location));
  try {
    return await pool.reader.load(type, id);
  } finally {
    await pool.close();
  }
}
