/** Repair of a repository that lies in a bucket, from one in a folder; and of one in a folder from one in a bucket. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FileHandle, FileType } from '../../../electron/engine/repository/backend/backend.ts';
import { LocalBackend } from '../../../electron/engine/repository/backend/local.ts';
import { withRetry } from '../../../electron/engine/repository/backend/retry.ts';
import { checkRepository } from '../../../electron/engine/repository/check.ts';
import { openRepository, type Repository } from '../../../electron/engine/repository/repository.ts';
import { makeBucketPlace, type BucketUnderTest } from '../../support/bucket-place.ts';
import { makeLocalPlace, type LocalPlace } from '../../support/local-place.ts';
import {
  damageFile,
  expectAllBack,
  filesOf,
  makeRepairScene,
  readAll,
  scenePassword,
  type RepairScene,
} from '../../support/repair-scene.ts';

let place: LocalPlace;
let bucket: BucketUnderTest;
let scene: RepairScene;
const middle = { below: (end: number) => Math.floor(end / 2) };

beforeEach(async () => {
  place = await makeLocalPlace();
  bucket = await makeBucketPlace();
  scene = await makeRepairScene(place.root);
});
afterEach(async () => {
  await bucket[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

const kinds: readonly FileType[] = ['config', 'keys', 'index', 'snapshots', 'data'];

function handleOf(file: string): FileHandle {
  const [type = ''] = file.split('/');
  return { type: type as FileType, name: type === 'config' ? 'config' : file.slice(-64) };
}

/** The same files in the bucket. */
async function move(folder: string): Promise<Repository> {
  for (const kind of kinds)
    for (const file of filesOf(folder, kind as 'data'))
      await bucket.backend.save(handleOf(file), readFileSync(join(folder, file)));
  return openRepository(withRetry(bucket.backend), scenePassword);
}

test('a repository in a bucket is rebuilt from one in a folder', async () => {
  const repository = await move(scene.location);
  const packs = await bucket.backend.list('data');
  for (const [at, { name }] of packs.slice(0, 12).entries()) {
    const handle = { type: 'data', name } as const;
    const bytes = await bucket.backend.load(handle);
    await bucket.backend.remove(handle);
    bytes[50] = (bytes[50] ?? 0) ^ 1;
    if (at % 2 === 0) await bucket.putStranger(`data/${name.slice(0, 2)}/${name}`, bytes.toString('latin1'));
  }
  const [index] = await bucket.backend.list('index');
  await bucket.backend.remove({ type: 'index', name: index?.name ?? '' });
  const outcome = await scene.repair({ repository, replicas: await scene.replicas(['replica-1']) });
  expect(outcome.losses.count).toBe(0);
  expect(outcome.remaining).toEqual([]);
  const found = await readAll(await openRepository(withRetry(bucket.backend), scenePassword));
  for (const [day, content] of scene.contents.entries()) expect(found.get(day)?.content).toEqual(content);
  const nothing = (): void => undefined;
  const { errors } = await checkRepository({
    repository,
    readDataPercent: 100,
    signal: new AbortController().signal,
    onProgress: nothing,
    onIssue: nothing,
    onNotice: nothing,
  });
  expect(errors).toEqual([]);
});

test('a repository in a folder is rebuilt from one in a bucket, of which only what is missing is read', async () => {
  const replica = { name: 'bucket', repository: await move(join(place.root, 'replica-1')) };
  for (const file of filesOf(scene.location, 'data').slice(0, 6))
    damageFile(join(scene.location, file), 'truncation', middle);
  const { fetched, losses } = await scene.repair({
    repository: await openRepository(new LocalBackend(scene.location), scenePassword),
    replicas: [replica],
  });
  expect(losses.count).toBe(0);
  expect(fetched.map(({ from }) => from)).toContain('bucket');
  await expectAllBack(scene);
});
