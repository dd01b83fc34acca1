/** Buckets with Object Lock: what is written is held, what is needed is held on to, and what is held is said and left. */
import { GetObjectRetentionCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { configHandle, type FileHandle, type FileType } from '../../../electron/engine/repository/backend/backend.ts';
import { bucketName, makeBucketPlace, type BucketUnderTest } from '../../support/bucket-place.ts';
import { sha256 } from '../../support/restic-repository.ts';

const day = 24 * 3_600_000;
const locked = {
  locks: true,
  settings: { lockMode: 'governance', lockDays: 30, storageClass: 'STANDARD_IA' },
} as const;
const content = Buffer.from('content');
const handleOf = (type: FileType): FileHandle => (type === 'config' ? configHandle : { type, name: sha256(content) });
const keyOf = ({ type, name }: FileHandle): string =>
  type === 'config' ? 'config' : type === 'data' ? `data/${name.slice(0, 2)}/${name}` : `${type}/${name}`;

async function retainedUntil({ s3 }: BucketUnderTest, handle: FileHandle): Promise<number | null> {
  const input = { Bucket: bucketName, Key: keyOf(handle) };
  const answer = await s3.send(new GetObjectRetentionCommand(input)).catch(() => null);
  return answer?.Retention?.RetainUntilDate?.getTime() ?? null;
}

test('every file but locks is locked for its days', async () => {
  await using place = await makeBucketPlace(locked);
  const before = Date.now();
  for (const type of ['config', 'keys', 'snapshots', 'index', 'data', 'locks'] as const) {
    await place.backend.save(handleOf(type), content);
    const until = await retainedUntil(place, handleOf(type));
    if (type === 'locks') expect(until).toBeNull();
    else expect(Math.abs((until ?? 0) - before - 30 * day), type).toBeLessThan(day);
  }
});

test('packs alone are of the storage class', async () => {
  await using place = await makeBucketPlace(locked);
  for (const type of ['config', 'keys', 'snapshots', 'index', 'data', 'locks'] as const) {
    await place.backend.save(handleOf(type), content);
    const head = await place.s3.send(new HeadObjectCommand({ Bucket: bucketName, Key: keyOf(handleOf(type)) }));
    expect(head.StorageClass ?? 'STANDARD', type).toBe(type === 'data' ? 'STANDARD_IA' : 'STANDARD');
  }
});

test('what is locked is not removed, which is said with the time; a lock file is', async () => {
  await using place = await makeBucketPlace(locked);
  for (const type of ['data', 'locks'] as const) await place.backend.save(handleOf(type), content);
  await expect(place.backend.remove(handleOf('data'))).rejects.toMatchObject({
    code: 'STORED_FILE_HELD',
    message: expect.stringMatching(/^data\/.* is locked in the store until 20\d\d-/) as string,
  });
  expect(await place.backend.list('data')).toHaveLength(1);
  await place.backend.remove(handleOf('locks'));
  expect(await place.backend.list('locks')).toEqual([]);
});

test('how long a file is held can be asked and put off', async () => {
  await using place = await makeBucketPlace(locked);
  const { backend } = place;
  await backend.save(handleOf('data'), content);
  const until = Date.now() + 90 * day;
  await backend.retention?.holdUntil(handleOf('data'), until);
  const held = (await backend.retention?.heldUntilMs(handleOf('data'))) ?? 0;
  expect(Math.abs(held - until)).toBeLessThan(1000);
  expect(await backend.retention?.heldUntilMs(handleOf('index'))).toBeNull();
  await expect(backend.retention?.holdUntil(handleOf('index'), until)).rejects.toMatchObject({
    code: 'STORED_FILE_MISSING',
  });
});

test('a place without locks holds nothing', async () => {
  await using place = await makeBucketPlace();
  expect(place.backend.retention).toBeUndefined();
});
