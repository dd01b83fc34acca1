import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { LocalBackend } from '../../../electron/engine/repository/backend/local.ts';
import { BlobCodec } from '../../../electron/engine/repository/blob-codec.ts';
import { setIndexRoom } from '../../../electron/engine/repository/index-files.ts';
import { loadIndexes, loadIndexFile } from '../../../electron/engine/repository/index-loading.ts';
import {
  forgetKeptIndex,
  isWorthKeeping,
  openIndex,
  startKeeping,
  type OpenedIndex,
} from '../../../electron/engine/repository/kept-index/kept-index.ts';
import { openRepository, type Repository } from '../../../electron/engine/repository/repository.ts';
import { createRepository, type ResticRepository } from '../../support/restic-repository.ts';

const password = 'a password of a test';
const runBlobs = 16;
const idOf = (text: string): string => createHash('sha256').update(text).digest('hex');

let folder: string;
let kept: string;
let stored: ResticRepository;
let repository: Repository;
/** By its name the index file, by its number each blob of it. */
let files: Map<string, readonly string[]>;

beforeAll(() => setIndexRoom({ memoryBlobs: 0, runBlobs }));
afterAll(() => setIndexRoom({ memoryBlobs: 10_000_000, runBlobs: 2_000_000, folder: tmpdir(), keptFolder: null }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-kept-'));
  kept = join(folder, 'kept');
  setIndexRoom({ folder: join(folder, 'scratch'), keptFolder: kept });
  files = new Map();
  stored = createRepository(join(folder, 'repository'), { password, scrypt: { N: 1024, r: 8, p: 1 } });
  repository = await openRepository(new LocalBackend(join(folder, 'repository')), password);
});
afterEach(() => rm(folder, { recursive: true }));

/** An index file of so many blobs, three in a pack. */
function addIndexFile(name: string, count: number): string {
  const blobs = Array.from({ length: count }, (_, at) => idOf(`${name} ${at}`));
  const packs = [];
  for (let at = 0; at < count; at += 3) {
    const inPack = blobs.slice(at, at + 3).map((id, nth) => ({
      id,
      type: (at + nth) % 4 === 0 ? 'tree' : 'data',
      offset: nth * 100,
      length: 100 + nth,
    }));
    packs.push({ id: idOf(`pack ${name} ${at}`), blobs: inPack });
  }
  const file = stored.putFile('index', JSON.stringify({ packs }));
  files.set(file, blobs);
  return file;
}

async function load(): Promise<OpenedIndex> {
  const opened = await openIndex(repository);
  const codec = new BlobCodec(repository.key, repository.config.version);
  const loader = {
    loadIndex: (sealed: Uint8Array) => Promise.resolve(loadIndexFile(opened.index, codec, sealed) === 0),
  };
  expect(await loadIndexes(repository.backend, opened.names, [loader])).toEqual([]);
  return opened;
}

/** Loads, expects all to be there and nothing else, and keeps it where it is worth that; returns what was read. */
async function loadAndKeep(): Promise<readonly string[]> {
  const opened = await load();
  const isNew = isWorthKeeping(opened);
  if (isNew) expect(await startKeeping(repository, opened).done).toBe(true);
  expectAll(opened);
  opened.index.close();
  expect(existsSync(keptFile())).toBe(isNew || opened.kept !== null);
  return opened.names;
}

function expectAll({ index }: OpenedIndex): void {
  const all = [...files.values()].flat();
  expect(index.blobCount).toBe(all.length);
  for (const [name, blobs] of files) {
    for (const [at, id] of blobs.entries()) {
      const type = index.findHex('tree', id) < 0 ? 'data' : 'tree';
      const entry = index.findHex(type, id);
      if (entry < 0 || index.blobId(entry) !== id || index.blobType(entry) !== type) expect.fail(`${name} ${at}`);
      expect(index.location(entry)).toMatchObject({ offset: (at % 3) * 100, length: 100 + (at % 3) });
      expect(index.claim(type, Buffer.from(id, 'hex'))).toBe(false);
    }
  }
  for (let at = 0; at < 200; at++) expect(index.findHex('data', idOf(`nowhere ${at}`))).toBe(-1);
  const packs = new Set(Array.from({ length: index.blobCount }, (_, entry) => index.packId(index.packOf(entry))));
  expect(packs.size).toBe([...files.values()].reduce((sum, { length }) => sum + Math.ceil(length / 3), 0));
}

const keptFile = (): string => join(kept, repository.config.id);

test('the second time nothing is read, and all is there', async () => {
  const names = [addIndexFile('a', 100), addIndexFile('b', 7), addIndexFile('c', 200)];
  expect([...(await loadAndKeep())].toSorted()).toEqual(names.toSorted());
  expect(await loadAndKeep()).toEqual([]);
  expect(readdirSync(kept)).toEqual([repository.config.id]);
  expect(statSync(keptFile()).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'scratch'))).toEqual([]);
});

test('what has come since is read, and kept when it is much', async () => {
  addIndexFile('a', 400);
  await loadAndKeep();
  const before = readFileSync(keptFile());
  const few = addIndexFile('few', 3);
  expect(await loadAndKeep()).toEqual([few]);
  expect(readFileSync(keptFile()).equals(before)).toBe(true);
  // More than fits into one run: it lies in files again beside what was kept.
  const many = addIndexFile('many', 3 * runBlobs + 5);
  expect([...(await loadAndKeep())].toSorted()).toEqual([few, many].toSorted());
  expect(await loadAndKeep()).toEqual([]);
  addIndexFile('again', 90);
  await loadAndKeep();
  expect(await loadAndKeep()).toEqual([]);
});

test('what a run claims is not kept', async () => {
  addIndexFile('a', 100);
  const opened = await load();
  const keeping = startKeeping(repository, opened);
  for (let at = 0; at < 100; at++) opened.index.claim('data', Buffer.from(idOf(`new ${at}`), 'hex'));
  expect(await keeping.done).toBe(true);
  opened.index.close();
  expect(await loadAndKeep()).toEqual([]);
});

test('when an index file is gone, as after a prune, all is read anew', async () => {
  const gone = addIndexFile('a', 100);
  const stays = addIndexFile('b', 50);
  await loadAndKeep();
  unlinkSync(join(folder, 'repository', 'index', gone));
  files.delete(gone);
  const fresh = addIndexFile('c', 20);
  expect([...(await loadAndKeep())].toSorted()).toEqual([stays, fresh].toSorted());
  expect(await loadAndKeep()).toEqual([]);
});

test('an index file of another length is not the one that was read', async () => {
  const cut = addIndexFile('a', 100);
  await loadAndKeep();
  const path = join(folder, 'repository', 'index', cut);
  truncateSync(path, statSync(path).size - 1);
  const opened = await openIndex(repository);
  expect(opened.kept).toBeNull();
  expect(opened.index.blobCount).toBe(0);
  opened.index.close();
});

test('of a kept index with any other byte nothing is believed', async () => {
  addIndexFile('a', 150);
  await loadAndKeep();
  const whole = readFileSync(keptFile());
  // Entries, keys, packs, filter, table, description, its length and the mark.
  const places = Array.from({ length: 24 }, (_, at) => Math.floor((at * whole.length) / 24));
  const ends = [5000, 9000, 1500, 300, 60, 19, 17, 3, 1].map((back) => whole.length - back);
  for (const at of [...places, ...ends]) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    writeFileSync(keptFile(), damaged);
    const opened = await openIndex(repository);
    expect([at, opened.kept, opened.index.blobCount]).toEqual([at, null, 0]);
    opened.index.close();
    expect(existsSync(keptFile())).toBe(false);
  }
  for (const length of [0, 1, 18, 19, 1000, whole.length - 1]) {
    writeFileSync(keptFile(), whole.subarray(0, length));
    const opened = await openIndex(repository);
    expect([length, opened.kept]).toEqual([length, null]);
    opened.index.close();
  }
  writeFileSync(keptFile(), Buffer.concat([whole, Buffer.alloc(1)]));
  expect((await loadAndKeep()).length).toBe(1);
  expect(await loadAndKeep()).toEqual([]);
});

test('what was kept of another repository is not believed, also where it has the same id', async () => {
  addIndexFile('a', 100);
  await loadAndKeep();
  const foreign = readFileSync(keptFile());
  const place = join(folder, 'other');
  const config = { version: 2, id: repository.config.id, chunker_polynomial: repository.config.chunkerPolynomial };
  createRepository(place, { password, scrypt: { N: 1024, r: 8, p: 1 }, config });
  const other = await openRepository(new LocalBackend(place), password);
  writeFileSync(keptFile(), foreign);
  const opened = await openIndex(other);
  expect(opened.kept).toBeNull();
  opened.index.close();
});

test('a run that is stopped leaves nothing of what it was keeping', async () => {
  addIndexFile('a', 300);
  const opened = await load();
  const keeping = startKeeping(repository, opened);
  await keeping.stop();
  opened.index.close();
  expect(existsSync(keptFile())).toBe(false);
  expect(existsSync(kept) ? readdirSync(kept) : []).toEqual([]);
});

test('what a killed run has left goes with the next, and what is forgotten is gone', async () => {
  addIndexFile('a', 100);
  await loadAndKeep();
  const left = `${keptFile()}.new-0123456789ab`;
  writeFileSync(left, 'half of it');
  await forgetKeptIndex(repository.config.id);
  expect(existsSync(keptFile())).toBe(false);
  await loadAndKeep();
  expect(existsSync(left)).toBe(false);
  expect(await loadAndKeep()).toEqual([]);
});

test('an index that fits into memory is not kept', async () => {
  setIndexRoom({ memoryBlobs: 1000 });
  addIndexFile('a', 100);
  const opened = await load();
  expect(isWorthKeeping(opened)).toBe(false);
  opened.index.close();
  setIndexRoom({ memoryBlobs: 0 });
});
