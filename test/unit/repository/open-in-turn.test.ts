import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { LocalBackend } from '../../../electron/engine/repository/backend/local.ts';
import type { ByteRange, FileHandle } from '../../../electron/engine/repository/backend/backend.ts';
import { setIndexRoom } from '../../../electron/engine/repository/index-files.ts';
import { openIndex, type OpenedIndex } from '../../../electron/engine/repository/kept-index/kept-index.ts';
import { openInTurn, type Loaded } from '../../../electron/engine/repository/kept-index/open-in-turn.ts';
import { ReadPool } from '../../../electron/engine/repository/read-pool.ts';
import { openRepository, type Repository } from '../../../electron/engine/repository/repository.ts';
import { StoreThreads } from '../../../electron/engine/repository/store-threads.ts';
import { RepositoryWriter } from '../../../electron/engine/repository/writer.ts';
import { createRepository } from '../../support/restic-repository.ts';

const password = 'a password of a test';
const indexFiles = 3;
const blobsEach = 60;
const idOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A folder that tells what is read of the index. */
class WatchedBackend extends LocalBackend {
  indexFilesRead = 0;

  override async load(handle: FileHandle, range?: ByteRange): Promise<Buffer<ArrayBuffer>> {
    if (handle.type === 'index') this.indexFilesRead += 1;
    return super.load(handle, range);
  }
}

let folder: string;
let backend: WatchedBackend;
let repository: Repository;

beforeAll(() => setIndexRoom({ memoryBlobs: 0, runBlobs: 16 }));
afterAll(() => setIndexRoom({ memoryBlobs: 10_000_000, runBlobs: 2_000_000, folder: tmpdir(), keptFolder: null }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-in-turn-'));
  setIndexRoom({ folder: join(folder, 'scratch'), keptFolder: join(folder, 'kept') });
  const stored = createRepository(join(folder, 'repository'), { password, scrypt: { N: 1024, r: 8, p: 1 } });
  for (let file = 0; file < indexFiles; file++) {
    const blobs = Array.from({ length: blobsEach }, (_, at) => ({
      id: idOf(`${file} ${at}`),
      type: 'data',
      offset: at * 100,
      length: 100,
    }));
    stored.putFile('index', JSON.stringify({ packs: [{ id: idOf(`pack ${file}`), blobs }] }));
  }
  backend = new WatchedBackend(join(folder, 'repository'));
  repository = await openRepository(backend, password);
});
afterEach(() => rm(folder, { recursive: true }));

const isKept = (): boolean => existsSync(join(folder, 'kept', repository.config.id));

/** Who could go on by itself has done so: what takes it as many steps has been done ten times over. */
async function settle(): Promise<void> {
  for (let time = 0; time < 10; time++) {
    (await openIndex(repository)).index.close();
    await turnOfLoop();
  }
}

/** Loading that lasts until it is told how it ends. */
function heldLoad(name: string, begun: string[]) {
  const end = Promise.withResolvers<void>();
  const load = async ({ index }: OpenedIndex): Promise<Loaded<string>> => {
    begun.push(name);
    try {
      await end.promise;
    } finally {
      index.close();
    }
    return { result: name, keeping: null };
  };
  return { load, end };
}

test('who comes while an index is loaded and kept reads none of it', async () => {
  const signal = AbortSignal.timeout(60_000);
  const indexing = ReadPool.open(repository, { keep: true, signal });
  const run = RepositoryWriter.open(repository, {
    ready: Promise.resolve(),
    threads: new StoreThreads(1).startAll(),
    signal,
  });
  const looking = ReadPool.open(repository);
  const opened = await Promise.all([indexing, run, looking]);
  expect(backend.indexFilesRead).toBe(indexFiles);
  expect(opened.map(({ index }) => index.blobCount)).toEqual([1, 1, 1].map(() => indexFiles * blobsEach));
  await Promise.all(opened.map((one) => one.close()));
});

test('what is read while nobody keeps it is read again by the next, after the first has it', async () => {
  const pools = await Promise.all([ReadPool.open(repository), ReadPool.open(repository)]);
  expect(backend.indexFilesRead).toBe(2 * indexFiles);
  expect(isKept()).toBe(false);
  await Promise.all(pools.map((pool) => pool.close()));
});

test('an index that is kept when the signal ends it is given up, and the next one reads it all', async () => {
  const first = await ReadPool.open(repository, { keep: true });
  await first.kept(AbortSignal.abort());
  await first.close();
  expect(isKept()).toBe(false);
  const second = await ReadPool.open(repository, { keep: true });
  await second.kept(new AbortController().signal);
  expect([backend.indexFilesRead, isKept()]).toEqual([2 * indexFiles, true]);
  await second.close();
});

test('after one that failed the next one loads', async () => {
  const begun: string[] = [];
  const [first, second] = [heldLoad('first', begun), heldLoad('second', begun)];
  const failed = openInTurn(repository, first.load);
  // As below: the first to ask need not be the first to take its turn.
  await expect.poll(() => begun).toEqual(['first']);
  const waits = openInTurn(repository, second.load);
  await settle();
  expect(begun).toEqual(['first']);
  first.end.reject(new Error('the disk went away'));
  await expect(failed).rejects.toThrow('the disk went away');
  second.end.resolve();
  expect(await waits).toBe('second');
});

test('who is cancelled waits no longer, and nobody passes the one before', async () => {
  const begun: string[] = [];
  const [first, second, third] = ['first', 'second', 'third'].map((name) => heldLoad(name, begun));
  const stopping = new AbortController();
  const one = openInTurn(repository, first!.load);
  // Each lists the index files before it takes its turn, and the first to ask need not have them first.
  await expect.poll(() => begun).toEqual(['first']);
  const two = openInTurn(repository, second!.load, stopping.signal);
  const three = openInTurn(repository, third!.load);
  await settle();
  stopping.abort(new Error('cancelled'));
  await expect(two).rejects.toThrow('cancelled');
  await settle();
  expect(begun).toEqual(['first']);
  first!.end.resolve();
  third!.end.resolve();
  expect(await Promise.all([one, three])).toEqual(['first', 'third']);
  expect(begun).toEqual(['first', 'third']);
  await expect(openInTurn(repository, second!.load, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
});

test('an index that has room in memory waits for nobody', async () => {
  setIndexRoom({ memoryBlobs: 1_000_000 });
  const begun: string[] = [];
  const [first, second] = [heldLoad('first', begun), heldLoad('second', begun)];
  const both = [openInTurn(repository, first.load), openInTurn(repository, second.load)];
  await expect.poll(() => begun.toSorted()).toEqual(['first', 'second']);
  [first, second].forEach(({ end }) => end.resolve());
  await Promise.all(both);
  setIndexRoom({ memoryBlobs: 0 });
});
