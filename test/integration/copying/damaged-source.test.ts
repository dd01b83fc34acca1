/** What is damaged at the source stops the snapshots that need it, and no other; or it comes from elsewhere. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withFaults } from '../../../electron/engine/repository/backend/faults.ts';
import type { Rescue } from '../../../electron/engine/repository/copy/request.ts';
import { ReadPool } from '../../../electron/engine/repository/read-pool.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import {
  addScene,
  copyPair,
  expectSound,
  makePair,
  minuteOf,
  stateOf,
  takeScene,
  type CopyOptions,
  type Pair,
  type Scene,
  type Wrap,
} from '../../support/copies.ts';
import { addTree, encodeTree, fileNode, folderNode } from '../../support/restic-nodes.ts';
import { sha256 } from '../../support/restic-repository.ts';
import { flipByte, openKnown, packFile, storedNames } from '../../support/upkeep-repository.ts';

const bad = 'what will be damaged';
const badId = sha256(Buffer.from(bad));
const withBad: Scene = { deep: { folder: { 'bad.txt': bad, 'good.txt': 'good' } } };

/** Flips a bit of the blob where it lies. */
async function damage({ from }: Pair, type: 'data' | 'tree', id: string): Promise<void> {
  const pool = await ReadPool.open(await openKnown(from.location));
  const { index } = pool;
  const place = index.location(index.findHex(type, id));
  if (place === null) throw new Error('no such blob');
  const pack = index.packId(place.pack);
  await pool.close();
  flipByte(packFile(from.location, pack), place.offset + 20);
}

/** The folder that lies deepest in `withBad`, as it is stored. */
function deepest({ from }: Pair): { readonly id: string; readonly plain: Buffer } {
  const plain = Buffer.from(encodeTree([fileNode(from, 'bad.txt', bad), fileNode(from, 'good.txt', 'good')]));
  return { id: sha256(plain), plain };
}

/** As a source that is not of this machine. */
const elsewhere: Wrap = (backend) => withFaults(backend, {});

describe.each([
  ['a folder of this machine', {}],
  ['a place elsewhere', { wrapFrom: elsewhere }],
] as const)('at a source that is %s', (_, from: CopyOptions) => {
  test('a damaged file stops the snapshots that have it, and is named with its path', async () => {
    await using pair = await makePair();
    const good = takeScene(pair.from, 1, { 'fine.txt': 'fine' });
    const hit = takeScene(pair.from, 2, { ...withBad, 'fine.txt': 'fine' });
    const later = takeScene(pair.from, 3, { 'fine.txt': 'finer' });
    await damage(pair, 'data', badId);
    const copied = await copyPair(pair, { ...from, snapshots: [good, hit, later] });
    expect(copied.outcomes.map(({ state }) => state)).toEqual(['copied', 'failed', 'copied']);
    expect(copied.outcomes[1]).toMatchObject({
      code: 'BLOB_DAMAGED',
      message: expect.stringContaining('/deep/folder/bad.txt') as string,
      damage: [{ type: 'data', blob: badId, path: '/deep/folder/bad.txt' }],
    });
    await expectSound(pair);
  });

  test('a damaged folder stops the snapshots that have it', async () => {
    await using pair = await makePair();
    const good = takeScene(pair.from, 1, { 'fine.txt': 'fine' });
    const hit = takeScene(pair.from, 2, withBad);
    const { id } = deepest(pair);
    await damage(pair, 'tree', id);
    const copied = await copyPair(pair, from);
    expect([stateOf(copied, good), stateOf(copied, hit)]).toEqual(['copied', 'failed']);
    expect(copied.outcomes.find((outcome) => outcome.id === hit)).toMatchObject({
      damage: [{ type: 'tree', blob: id, path: '/deep/folder' }],
    });
    await expectSound(pair);
  });

  test('a pack that is gone stops only the snapshots that have something in it', async () => {
    await using pair = await makePair();
    const hit = takeScene(pair.from, 1, withBad);
    const lost = storedNames(pair.from.location, 'data');
    const good = takeScene(pair.from, 2, { other: { 'fine.txt': 'fine' } });
    for (const name of lost) rmSync(packFile(pair.from.location, name));
    const copied = await copyPair(pair, from);
    expect([stateOf(copied, hit), stateOf(copied, good)]).toEqual(['failed', 'copied']);
    await expectSound(pair);
  });

  test('what only a lost index lists counts as missing, and the index is named', async () => {
    await using pair = await makePair();
    const hit = takeScene(pair.from, 1, withBad);
    const [index = ''] = storedNames(pair.from.location, 'index');
    const good = takeScene(pair.from, 2, { other: { 'fine.txt': 'fine' } });
    flipByte(join(pair.from.location, 'index', index), 40);
    const copied = await copyPair(pair, from);
    expect([stateOf(copied, hit), stateOf(copied, good)]).toEqual(['failed', 'copied']);
    expect(copied.notices.join()).toContain(index.slice(0, 8));
    await expectSound(pair);
  });
});

test('damage is met again by later snapshots, however many come between', async () => {
  await using pair = await makePair();
  const hits = [1, 2, 300].map((minute) => takeScene(pair.from, minute, { ...withBad, at: `${minute}` }));
  const between = Array.from({ length: 70 }, (_, at) => takeScene(pair.from, 3 + at, { 'fine.txt': `${at}` }));
  await damage(pair, 'data', badId);
  const [first = '', second = '', last = ''] = hits;
  // The second is the last of those that are dealt with together.
  const order = [first, ...between.slice(0, 62), second, ...between.slice(62), last];
  const copied = await copyPair(pair, { snapshots: order });
  for (const hit of hits) expect(stateOf(copied, hit)).toBe('failed');
  for (const id of between) expect(stateOf(copied, id)).toBe('copied');
  await expectSound(pair);
});

test('a snapshot file that is damaged stops itself alone', async () => {
  await using pair = await makePair();
  const good = takeScene(pair.from, 1, { 'fine.txt': 'fine' });
  const hit = takeScene(pair.from, 2, { 'fine.txt': 'fine' });
  flipByte(join(pair.from.location, 'snapshots', hit), 40);
  const copied = await copyPair(pair, { snapshots: [good, hit, 'e'.repeat(64)] });
  expect(copied.outcomes).toMatchObject([
    { state: 'copied' },
    { state: 'failed', code: 'STORED_FILE_DAMAGED' },
    { state: 'failed', code: 'SNAPSHOT_NOT_FOUND' },
  ]);
});

test('a folder without clear words of what it needs stops its snapshot', async () => {
  await using pair = await makePair();
  const odd = pair.from.addBlob('tree', '{"nodes":[{"name":"odd","type":"file","content":"no list"}]}\n');
  const id = pair.from.writeSnapshot(odd, { time: minuteOf(1) });
  const rescue: Rescue = async () => Buffer.from('{"nodes":[{"name":"odd","type":"file","content":"no list"}]}\n');
  for (const options of [{}, { rescue }]) {
    const copied = await copyPair(pair, options);
    expect(copied.outcomes).toMatchObject([{ id, state: 'failed', code: 'TREE_INVALID' }]);
  }
});

test('a source that cannot be reached is not taken for damaged', async () => {
  await using pair = await makePair();
  takeScene(pair.from, 1, withBad);
  const wrapFrom: Wrap = (backend) =>
    withFaults(backend, {
      before: (call) => {
        if (call.operation === 'load' && call.handle.type === 'data')
          throw new HoldfastError('REPOSITORY_UNREACHABLE', 'No answer.');
      },
    });
  await expect(copyPair(pair, { wrapFrom })).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  expect(storedNames(pair.to.location, 'snapshots')).toEqual([]);
  await expectSound(pair);
});

describe('what is damaged comes from elsewhere', () => {
  test('data and folders alike, asked for once each, and looked into', async () => {
    await using pair = await makePair();
    const hit = takeScene(pair.from, 1, withBad);
    const again = takeScene(pair.from, 2, { ...withBad, more: 'x' });
    const { id, plain } = deepest(pair);
    await damage(pair, 'data', badId);
    await damage(pair, 'tree', id);
    const asked: string[] = [];
    const rescue: Rescue = async (type, blob) => {
      asked.push(type);
      return blob === id ? plain : blob === badId ? Buffer.from(bad) : null;
    };
    const copied = await copyPair(pair, { rescue });
    expect([stateOf(copied, hit), stateOf(copied, again)]).toEqual(['copied', 'copied']);
    expect(asked.toSorted()).toEqual(['data', 'tree']);
    await expectSound(pair);
  });

  test('also what no index lists', async () => {
    await using pair = await makePair();
    const { id, plain } = deepest(pair);
    addScene(pair.from, withBad);
    pair.from.flush();
    for (const name of storedNames(pair.from.location, 'data')) rmSync(packFile(pair.from.location, name));
    // Another index for the rest of it, which is stored again.
    const lone = addTree(pair.from, [folderNode('deep', id)]);
    const hit = pair.from.writeSnapshot(lone, { time: minuteOf(1) });
    const goodId = sha256(Buffer.from('good'));
    const known = new Map([
      [id, plain],
      [badId, Buffer.from(bad)],
      [goodId, Buffer.from('good')],
    ]);
    const indexes = storedNames(pair.from.location, 'index');
    expect(indexes).toHaveLength(1);
    const copied = await copyPair(pair, { rescue: async (_, blob) => known.get(blob) ?? null });
    expect(stateOf(copied, hit)).toBe('copied');
    await expectSound(pair);
  });

  test('but not where it is something else', async () => {
    await using pair = await makePair();
    const hit = takeScene(pair.from, 1, withBad);
    await damage(pair, 'data', badId);
    for (const rescue of [async () => Buffer.from('something else'), () => Promise.reject(new Error('no answer'))])
      expect(stateOf(await copyPair(pair, { rescue }), hit)).toBe('failed');
    await expectSound(pair);
  });

  test('a folder that the target has is read there', async () => {
    await using pair = await makePair();
    takeScene(pair.from, 1, { ...withBad, deep2: { folder: { 'fine.txt': 'fine' } } });
    await copyPair(pair);
    const moved = takeScene(pair.from, 2, { elsewhere: withBad['deep'] ?? '' });
    await damage(pair, 'tree', deepest(pair).id);
    expect(stateOf(await copyPair(pair), moved)).toBe('copied');
    await expectSound(pair);
  });
});
