/** Folders that are large are opened in threads: the main thread must not be kept from everything else meanwhile. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ReadPool } from '../../../electron/engine/repository/read-pool.ts';
import { findNodeIn, loadTree } from '../../../electron/engine/repository/tree-lookup.ts';
import type { TreeNode } from '../../../electron/engine/repository/format/tree-node.ts';
import { makeLocalPlace, type LocalPlace } from '../../support/local-place.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { linkNode } from '../../support/restic-nodes.ts';
import { flipByte, openKnown, packFile, storedNames } from '../../support/upkeep-repository.ts';

const entries = 30_000;
const nameOf = (entry: number): string => `entry-${String(entry).padStart(6, '0')}`;
let place: LocalPlace;
let pool: ReadPool;
let large: string;
let small: string;

beforeEach(async () => {
  place = await makeLocalPlace();
  const repository = createRepository(place.folder, { scrypt: { N: 1024, r: 8, p: 1 } });
  const treeOf = (count: number): string =>
    repository.addBlob(
      'tree',
      `${JSON.stringify({ nodes: Array.from({ length: count }, (_, entry) => linkNode(nameOf(entry), 'x'.repeat(100))) })}\n`,
    );
  large = treeOf(entries);
  small = treeOf(3);
  repository.writeIndex();
  pool = await ReadPool.open(await openKnown(place.folder));
});
afterEach(async () => {
  await pool.close();
  await place[Symbol.asyncDispose]();
});

async function inPieces(tree: string): Promise<readonly (readonly TreeNode[])[]> {
  const pieces: (readonly TreeNode[])[] = [];
  for await (const { nodes } of pool.tree(tree)) pieces.push(nodes);
  return pieces;
}

describe('a tree', () => {
  test('that is large comes in small pieces, and they are the same nodes', async () => {
    expect(pool.reader.plainLength('tree', large)).toBeGreaterThan(5 * 1024 * 1024);
    const pieces = await inPieces(large);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(1000);
    const whole = [...(await loadTree(pool.reader, large))].flatMap(({ nodes }) => nodes);
    expect(pieces.flat()).toEqual(whole);
    expect(whole).toHaveLength(entries);
  });

  test('that is small comes as it is', async () => {
    expect((await inPieces(small)).flat().map(({ name }) => name)).toEqual([0, 1, 2].map(nameOf));
  });

  test('may be left in the middle, and others read meanwhile', async () => {
    for (const entry of [5, 25_000]) {
      const node = await findNodeIn((tree) => pool.tree(tree), large, `/${nameOf(entry)}`, 'it');
      expect(node?.name).toBe(nameOf(entry));
    }
    const both = await Promise.all([inPieces(large), inPieces(large)]);
    expect(both.map((pieces) => pieces.flat().length)).toEqual([entries, entries]);
  });

  test('that is damaged or missing says so', async () => {
    const [pack = ''] = storedNames(place.folder, 'data');
    const file = packFile(place.folder, pack);
    flipByte(file, readFileSync(file).length >> 2);
    await expect(inPieces(large)).rejects.toMatchObject({ code: 'BLOB_DAMAGED' });
    await expect(inPieces('0'.repeat(64))).rejects.toMatchObject({ code: 'BLOB_MISSING' });
  });

  test('cannot be had from threads that have ended', async () => {
    await pool.close();
    await expect(inPieces(large)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
