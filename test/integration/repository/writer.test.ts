import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { protectFolders } from '../../../electron/engine/protection/protect.ts';
import type { Backend, FileHandle } from '../../../electron/engine/repository/backend/backend.ts';
import { withFaults } from '../../../electron/engine/repository/backend/faults.ts';
import { withRetry } from '../../../electron/engine/repository/backend/retry.ts';
import { checkRepository } from '../../../electron/engine/repository/check.ts';
import type { IndexedPack } from '../../../electron/engine/repository/format/index-file.ts';
import { decodeIndex } from '../../support/decode-index.ts';
import { Repository } from '../../../electron/engine/repository/repository.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { HoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { makeLocalPlace, makeRepository, type LocalPlace } from '../../support/local-place.ts';
import { noise } from '../../support/odd-tree.ts';

const mib = 1024 * 1024;
/** Made once: noise takes longer to make than to store. */
const large = noise(40 * mib, 'large');
const smallFiles = Array.from({ length: 200 }, (_, at) => noise(at * 37, `file ${at}`));
let place: LocalPlace;
let repository: Repository;
let source: string;

beforeEach(async () => {
  place = await makeLocalPlace();
  repository = await makeRepository(place);
  source = join(place.root, 'source');
  mkdirSync(join(source, 'folder'), { recursive: true });
  writeFileSync(join(source, 'large'), large.subarray(0, 6 * mib));
  for (const [at, content] of smallFiles.entries()) writeFileSync(join(source, 'folder', `file ${at}`), content);
});
afterEach(async () => {
  vi.useRealTimers();
  await place[Symbol.asyncDispose]();
});

/** For runs that are to be met while packs are full and others are not yet begun. */
function fillPacks(): void {
  writeFileSync(join(source, 'large'), large);
}

/**
 * Nothing of the source was stored. The folders above it are in the snapshot with their times, and other tests make folders
 * there meanwhile: that is less than a folder of 200 files by far.
 */
function expectNothingOfTheSource({ addedBytes }: ProtectResult): void {
  expect(addedBytes).toBeLessThan(2_000);
}

/** The same repository through another backend. */
const through = (backend: Backend): Repository => new Repository(backend, repository.config, repository.key, '');

async function protect(
  to: Repository = repository,
  given: { readonly paths?: readonly string[]; readonly source?: string; readonly signal?: AbortSignal } = {},
): Promise<ProtectResult> {
  return protectFolders({
    nowMs: Date.now,
    open: async () => to,
    caller: { tenant: 'default', actor: 'test' },
    paths: given.paths ?? [source],
    source: given.source,
    excludes: [],
    excludeCaches: false,
    excludeLargerThanBytes: undefined,
    oneFileSystem: false,
    tags: [],
    allowEmpty: false,
    allowUnmounted: false,
    force: false,
    home: join(place.root, 'home'),
    signal: given.signal ?? new AbortController().signal,
    onProgress: () => {},
    onIssue: () => {},
    onNotice: () => {},
  });
}

async function expectClean(snapshots: number): Promise<void> {
  const nothing = (): void => {};
  const signal = new AbortController().signal;
  const listeners = { onProgress: nothing, onIssue: nothing, onNotice: nothing };
  const request = { repository, readDataPercent: 100, signal, ...listeners };
  expect(await checkRepository(request)).toMatchObject({ errors: [], snapshots });
  expect(await namesOf('locks')).toEqual([]);
}

const namesOf = async (type: FileHandle['type']): Promise<string[]> =>
  (await place.backend.list(type)).map(({ name }) => name);

async function indexedPacks(): Promise<readonly (readonly IndexedPack[])[]> {
  const indexes = (await namesOf('index')).map(async (name) =>
    decodeIndex(await repository.loadUnpacked('index', name)),
  );
  return (await Promise.all(indexes)).map((index) => index?.packs ?? expect.fail('an index cannot be read'));
}

/** Fails saves for which the plan says so. */
const failing = (fails: (handle: FileHandle) => boolean, code: ErrorCode = 'NO_SPACE'): Backend =>
  withFaults(place.backend, {
    before: (call) => {
      if (call.operation === 'save' && fails(call.handle)) throw new HoldfastError(code, 'As it was planned.');
    },
  });

describe('a run', () => {
  test('stores packs, then the index, then the snapshot, each only once all before it are saved', async () => {
    fillPacks();
    const begun: string[] = [];
    const done = new Set<string>();
    const backend: Backend = {
      ...withFaults(place.backend, {}),
      save: async (handle, data) => {
        begun.push(handle.type);
        if (handle.type === 'snapshots') expect(new Set(await namesOf('index'))).toEqual(done.difference(packs));
        await place.backend.save(handle, data);
        if (handle.type === 'data') packs.add(handle.name);
        if (handle.type !== 'locks') done.add(handle.name);
      },
    };
    const packs = new Set<string>();
    await protect(through(backend));
    expect(begun.filter((type) => type !== 'locks').join(' ')).toMatch(/^(?:data )+index snapshots$/);
    const indexed = (await indexedPacks()).flat().map(({ id }) => id);
    expect(indexed.sort()).toEqual([...packs].sort());
    await expectClean(1);
  });

  test('keeps data and folders in different packs', async () => {
    await protect();
    for (const { blobs } of (await indexedPacks()).flat()) expect(new Set(blobs.map(({ type }) => type)).size).toBe(1);
  });

  test('stores nothing twice: neither in one run nor in the next, nor for another source', async () => {
    writeFileSync(join(source, 'large again'), large.subarray(0, 6 * mib));
    const first = await protect();
    expect(first.addedBytes).toBeLessThan(8 * mib);
    const again = await protect(repository, { source: 'the same by another name' });
    expectNothingOfTheSource(again);
    const blobs = (await indexedPacks()).flat().flatMap((pack) => pack.blobs.map(({ type, id }) => `${type}/${id}`));
    expect(new Set(blobs).size).toBe(blobs.length);
    await expectClean(2);
  });

  test('gets over faults that pass', async () => {
    fillPacks();
    const failed = new Set<string>();
    const once = failing(({ type, name }) => {
      if (type === 'locks' || failed.has(name)) return false;
      failed.add(name);
      return true;
    }, 'IO_ERROR');
    await protect(through(withRetry(once, { attempts: 2, firstDelayMs: 1 })));
    expect(failed.size).toBeGreaterThan(4);
    await expectClean(1);
  });
});

describe('two runs at once on one repository', () => {
  test('of different sources that share files both succeed, and the repository is whole', async () => {
    const other = join(place.root, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'large'), large.subarray(0, 6 * mib));
    writeFileSync(join(other, 'own'), noise(3 * mib, 'own'));
    const results = await Promise.all([protect(), protect(through(place.backend), { paths: [other] })]);
    expect(results.map(({ status }) => status)).toEqual(['complete', 'complete']);
    await expectClean(2);
  });

  test('of the same source both succeed, and a third stores nothing', async () => {
    await Promise.all([protect(), protect(through(place.backend))]);
    expectNothingOfTheSource(await protect());
    await expectClean(3);
  });
});

describe('a backend whose save fails', () => {
  const plans: readonly (readonly [string, () => (handle: FileHandle) => boolean])[] = [
    [
      'the first pack',
      () =>
        ({ type }) =>
          type === 'data',
    ],
    ['the third pack', () => failFrom('data', 3)],
    [
      'the index',
      () =>
        ({ type }) =>
          type === 'index',
    ],
    [
      'the snapshot',
      () =>
        ({ type }) =>
          type === 'snapshots',
    ],
    [
      'the lock',
      () =>
        ({ type }) =>
          type === 'locks',
    ],
  ];

  test.each(plans)(
    '(%s) ends the run with its code; no snapshot, no lock; the next run succeeds',
    async (what, plan) => {
      if (what === 'the third pack') fillPacks();
      await expect(protect(through(failing(plan())))).rejects.toMatchObject({ code: 'NO_SPACE' });
      expect(await namesOf('snapshots')).toEqual([]);
      expect(await namesOf('locks')).toEqual([]);
      expect((await place.paths()).filter((path) => path.includes('tmp'))).toEqual([]);
      await protect();
      await expectClean(1);
    },
  );

  test.each<ErrorCode>(['IO_ERROR', 'NO_PERMISSION', 'READ_ONLY', 'REPOSITORY_UNREACHABLE'])(
    'with %s ends the run with just that',
    async (code) => {
      await expect(protect(through(failing(({ type }) => type === 'data', code)))).rejects.toMatchObject({ code });
      expect(await namesOf('locks')).toEqual([]);
    },
  );

  test('leaves earlier snapshots as they were', async () => {
    const { snapshot } = await protect();
    writeFileSync(join(source, 'new'), noise(4 * mib, 'new'));
    await expect(protect(through(failing(({ type }) => type === 'data')))).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect(await namesOf('snapshots')).toEqual([snapshot]);
    await expectClean(1);
  });

  test('loses nothing that had been stored: it is listed, and the next run stores only the rest', async () => {
    fillPacks();
    const third = failFrom('data', 3);
    const failed = protect(through(failing((handle) => handle.type === 'data' && third(handle))));
    await expect(failed).rejects.toMatchObject({ code: 'NO_SPACE' });
    await expectAllStoredIsReused();
  });

  test('after an index was written, the next run reuses what that lists', async () => {
    fillPacks();
    writeFileSync(join(source, 'second'), noise(60 * mib, 'second'));
    vi.useFakeTimers({ toFake: ['Date'] });
    let packs = 0;
    const backend = failing(({ type }) => {
      if (type === 'data') packs += 1;
      // The index of the first packs is older than two minutes by now.
      if (packs === 2) vi.setSystemTime(Date.now() + 3 * 60_000);
      return type === 'data' && packs > 4;
    });
    await expect(protect(through(backend))).rejects.toMatchObject({ code: 'NO_SPACE' });
    vi.useRealTimers();
    const listed = (await indexedPacks()).flat();
    expect(listed.length).toBeGreaterThan(0);
    const listedBytes = listed.flatMap(({ blobs }) => blobs).reduce((sum, { length }) => sum + length - 32, 0);
    const next = await protect();
    expect(next.addedBytes).toBeLessThanOrEqual(next.bytes - listedBytes + mib);
    await expectClean(1);
  });
});

function failFrom(type: FileHandle['type'], position: number): (handle: FileHandle) => boolean {
  let count = 0;
  return (handle) => {
    if (handle.type === type) count += 1;
    return count >= position;
  };
}

describe('somebody else', () => {
  test('who locks exclusively at the same moment is left alone: nothing was stored', async () => {
    const theirs = { time: new Date().toISOString(), exclusive: true, hostname: 'elsewhere', username: 'x', pid: 1 };
    let their = '';
    const backend: Backend = {
      ...withFaults(place.backend, {}),
      save: async (handle, data) => {
        await place.backend.save(handle, data);
        if (handle.type === 'locks' && their === '')
          their = await repository.saveUnpacked('locks', Buffer.from(JSON.stringify(theirs)));
      },
    };
    await expect(protect(through(backend))).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
    expect([await namesOf('data'), await namesOf('index'), await namesOf('snapshots')]).toEqual([[], [], []]);
    expect(await namesOf('locks')).toEqual([their]);
  });
});

describe('a run that is cancelled', () => {
  beforeEach(fillPacks);

  const cancelAtSave = (
    position: number,
    onCancel: () => void,
  ): { readonly to: Repository; readonly signal: AbortSignal } => {
    const abort = new AbortController();
    let packs = 0;
    const backend = withFaults(place.backend, {
      before: async (call) => {
        if (call.operation !== 'save' || call.handle.type !== 'data') return;
        packs += 1;
        if (packs !== position) return;
        onCancel();
        abort.abort();
        await sleep(300);
      },
    });
    return { to: through(backend), signal: abort.signal };
  };

  test('ends as CANCELLED, without a snapshot or a lock, and the next one succeeds', async () => {
    const { to, signal } = cancelAtSave(1, () => {});
    await expect(protect(to, { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect([await namesOf('snapshots'), await namesOf('locks')]).toEqual([[], []]);
    await protect();
    await expectClean(1);
  });

  test('loses nothing that had been stored: it is listed, and the next run stores only the rest', async () => {
    const controller = new AbortController();
    let packs = 0;
    const backend: Backend = {
      ...withFaults(place.backend, {}),
      save: async (handle, data) => {
        await place.backend.save(handle, data);
        if (handle.type === 'data' && ++packs === 2) controller.abort();
      },
    };
    await expect(protect(through(backend), { signal: controller.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await namesOf('locks')).toEqual([]);
    await expectAllStoredIsReused();
  });

  test('ends also when an index was due at that moment', { timeout: 20_000 }, async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { to, signal } = cancelAtSave(1, () => vi.setSystemTime(Date.now() + 3 * 60_000));
    const outcome = await Promise.race([
      protect(to, { signal }).catch((error: unknown) => (error instanceof HoldfastError ? error.code : error)),
      sleep(8000, 'it hangs'),
    ]);
    expect(outcome).toBe('CANCELLED');
    expect(await namesOf('locks')).toEqual([]);
  });
});

/** Every pack that is there is in an index, there are some, and a further run adds no byte of them again. */
async function expectAllStoredIsReused(): Promise<void> {
  const listed = (await indexedPacks()).flat();
  expect(listed.map(({ id }) => id).toSorted()).toEqual((await namesOf('data')).toSorted());
  const storedBytes = listed.flatMap(({ blobs }) => blobs).reduce((sum, { length }) => sum + length - 64, 0);
  expect(storedBytes).toBeGreaterThan(0);
  const next = await protect();
  expect(next.addedBytes).toBeLessThanOrEqual(next.bytes - storedBytes + mib);
  await expectClean(1);
}

test('more small files than one index file may list are all listed, in several of at most 50,000 each', async () => {
  const many = join(place.root, 'many');
  for (let folder = 0; folder < 51; folder++) {
    mkdirSync(join(many, `folder ${folder}`), { recursive: true });
    for (let file = 0; file < 1000; file++)
      writeFileSync(join(many, `folder ${folder}`, `file ${file}`), `${folder} ${file}`);
  }
  await protect(repository, { paths: [many] });
  const counts = (await indexedPacks()).map((packs) => packs.reduce((sum, { blobs }) => sum + blobs.length, 0));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(51_000);
  expect(Math.max(...counts)).toBeLessThanOrEqual(50_000);
  await expectClean(1);
});
