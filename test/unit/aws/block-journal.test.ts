import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BlockJournal } from '../../../electron/engine/aws/ebs/block-journal.ts';
import { BlockSet } from '../../../electron/engine/aws/ebs/blocks.ts';
import { PutBlocks } from '../../../electron/engine/aws/ebs/block-writes.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const recordBytes = 40;

test('what was noted is read again in its order, by whoever opens it', () => {
  const path = join(folder, 'deep', 'one.blocks');
  const hashes = Array.from({ length: 70 }, () => randomBytes(32));
  {
    using journal = new BlockJournal(path);
    for (const [at, hash] of hashes.entries()) journal.note(at * 1000, hash);
  }
  const read = [...new BlockJournal(path).read()];
  expect(read.map(({ index }) => index)).toEqual(hashes.map((_, at) => at * 1000));
  expect(read.every(({ hash }, at) => hash.equals(hashes[at] ?? Buffer.alloc(0)))).toBe(true);
  new BlockJournal(path).remove();
  expect([...new BlockJournal(path).read()]).toEqual([]);
});

test('a record that was torn ends it, and what is noted from then on is read again', () => {
  const path = join(folder, 'torn.blocks');
  {
    using journal = new BlockJournal(path);
    for (let at = 0; at < 5; at++) journal.note(at, randomBytes(32));
  }
  const bytes = readFileSync(path);
  bytes.fill(0, 3 * recordBytes, 3 * recordBytes + 4);
  writeFileSync(path, bytes);
  appendFileSync(path, 'half a record');
  using journal = new BlockJournal(path);
  expect([...journal.read()].map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(statSync(path).size).toBe(3 * recordBytes);
  journal.note(9, randomBytes(32));
  journal.flush();
  expect([...journal.read()].map(({ index }) => index)).toEqual([0, 1, 2, 9]);
});

test('a set of blocks counts each once', () => {
  const set = new BlockSet(20);
  expect([set.add(7), set.add(8), set.add(7)]).toEqual([true, true, false]);
  expect([set.size, set.has(8), set.has(9), set.countIn(0, 8)]).toEqual([2, true, false, 1]);
});

test('the linear checksum follows the places of blocks, not the order they were put in', () => {
  const [one, two] = [randomBytes(32), randomBytes(32)];
  const [forward, backward] = [new PutBlocks(200_000), new PutBlocks(200_000)];
  forward.add(3, one);
  forward.add(150_000, two);
  backward.add(150_000, two);
  backward.add(3, one);
  expect(forward.linearChecksum()).toBe(backward.linearChecksum());
  backward.add(3, two);
  expect(backward.count).toBe(2);
  expect(forward.linearChecksum()).not.toBe(backward.linearChecksum());
  expect([forward.hashOf(4), forward.hashOf(150_000)?.equals(two)]).toEqual([null, true]);
});
