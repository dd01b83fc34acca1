/** What a store that speaks S3 does wrong, and what Holdfast makes of it. */
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Pace } from '../../../electron/engine/platform/network-throttle.ts';
import { configHandle } from '../../../electron/engine/repository/backend/backend.ts';
import { openBackend } from '../../../electron/engine/repository/backend/open-backend.ts';
import { withRetry } from '../../../electron/engine/repository/backend/retry.ts';
import { withThrottle } from '../../../electron/engine/repository/backend/throttle.ts';
import { bucketName, makeBucketPlace, type BucketUnderTest } from '../../support/bucket-place.ts';
import { noise } from '../../support/odd-tree.ts';
import { sha256 } from '../../support/restic-repository.ts';

const quick = { attempts: 6, firstDelayMs: 1 } as const;
const packOf = (data: Buffer) => ({ type: 'data', name: sha256(data) }) as const;
const asked = ({ place }: BucketUnderTest, operation: string): number =>
  place.aws.log.filter((request) => request.operation === operation).length;

describe('large files', () => {
  const large = noise(70 * 1024 * 1024, 'large');

  test('are sent in parts and come back whole', async () => {
    await using place = await makeBucketPlace();
    await place.backend.save(packOf(large), large);
    expect(asked(place, 'UploadPart')).toBe(5);
    expect((await place.backend.load(packOf(large))).equals(large)).toBe(true);
    expect(await place.backend.listUnfinished()).toEqual([]);
  });

  test('whose upload fails leave nothing behind', async () => {
    await using place = await makeBucketPlace();
    using _fault = place.place.aws.fault({ operation: 'UploadPart' }, 'internal-error');
    await expect(place.backend.save(packOf(large), large)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    expect(await place.backend.list('data')).toEqual([]);
    expect((await place.s3.send(new ListMultipartUploadsCommand({ Bucket: bucketName }))).Uploads ?? []).toEqual([]);
  });

  test('whose upload was killed are listed as unfinished, and removed', async () => {
    await using place = await makeBucketPlace({ prefix: 'deep' });
    const { name } = packOf(large);
    for (const Key of [`deep/data/${name.slice(0, 2)}/${name}`, `other/data/${name.slice(0, 2)}/${name}`, 'deep/notes'])
      await place.s3.send(new CreateMultipartUploadCommand({ Bucket: bucketName, Key }));
    const [unfinished, ...others] = await place.backend.listUnfinished();
    expect(others).toEqual([]);
    expect(unfinished?.path).toMatch(new RegExp(`^data/${name.slice(0, 2)}/${name}#.`));
    for (let round = 0; round < 2; round++) await place.backend.removeUnfinished(unfinished?.path ?? '');
    expect(await place.backend.listUnfinished()).toEqual([]);
    for (const bad of ['', 'config', `data/${name}#x`, `${unfinished?.path}`.replace(/#.*/, '#')])
      await expect(place.backend.removeUnfinished(bad), bad).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

describe('faults', () => {
  const data = noise(200_000, 'data');

  test.each([
    ['PutObject', 'internal-error'],
    ['PutObject', 'throttle'],
    ['PutObject', 'reset'],
    ['GetObject', 'internal-error'],
    ['GetObject', 'reset'],
    ['GetObject', { resetAfterBytes: 70_000 }],
    ['GetObject', { truncateAfterBytes: 70_000 }],
    ['ListObjectsV2', 'throttle'],
    ['ListObjectsV2', { truncateAfterBytes: 50 }],
    ['DeleteObject', 'reset'],
  ] as const)('of %s (%j) pass with another try', async (operation, answer) => {
    await using place = await makeBucketPlace();
    const backend = withRetry(place.backend, quick);
    using _fault = place.place.aws.fault({ operation }, answer, { times: 2 });
    await backend.save(packOf(data), data);
    expect((await backend.load(packOf(data))).equals(data)).toBe(true);
    expect(await backend.list('data')).toEqual([{ name: packOf(data).name, size: data.length }]);
    await backend.remove(packOf(data));
    expect(await backend.list('data')).toEqual([]);
  });

  test('a config whose answer was lost is ours, and that of another is not', async () => {
    await using place = await makeBucketPlace();
    const backend = withRetry(place.backend, quick);
    using _fault = place.place.aws.fault({ operation: 'PutObject' }, { resetAfterBytes: 0 }, { times: 1 });
    await backend.save(configHandle, Buffer.from('ours'));
    await expect(backend.save(configHandle, Buffer.from('theirs'))).rejects.toMatchObject({
      code: 'REPOSITORY_EXISTS',
    });
    expect((await backend.load(configHandle)).toString()).toBe('ours');
  });

  test('a store that knows no conditions keeps the first config all the same', async () => {
    await using place = await makeBucketPlace();
    const refuse = { refuse: { status: 501, code: 'NotImplemented' } };
    using _first = place.place.aws.fault({ operation: 'PutObject', path: /config/ }, refuse, { times: 1 });
    await place.backend.save(configHandle, Buffer.from('first'));
    using _second = place.place.aws.fault({ operation: 'PutObject', path: /config/ }, refuse, { times: 1 });
    await expect(place.backend.save(configHandle, Buffer.from('second'))).rejects.toMatchObject({
      code: 'REPOSITORY_EXISTS',
    });
    expect((await place.backend.load(configHandle)).toString()).toBe('first');
  });

  test('lists are read over many pages', async () => {
    await using place = await makeBucketPlace();
    place.place.aws.behaveS3({ pageLimit: 7 });
    const names = Array.from({ length: 40 }, (_, at) => sha256(Buffer.from(`${at}`)));
    for (const name of names) await place.putStranger(`index/${name}`, 'x');
    expect((await place.backend.list('index')).map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect(asked(place, 'ListObjectsV2')).toBeGreaterThanOrEqual(6);
  });
});

describe('who may not', () => {
  test('is told so, and it is not tried again', async () => {
    await using place = await makeBucketPlace();
    const nobody = place.place.user({ policy: { allow: [] } });
    const backend = await openBackend(place.location, place.access({}, nobody));
    await expect(backend.list('data')).rejects.toMatchObject({ code: 'ACCESS_REFUSED' });
    await expect(backend.save(packOf(noise(10, 'x')), noise(10, 'x'))).rejects.toMatchObject({
      code: 'ACCESS_REFUSED',
    });
    expect(asked(place, 'PutObject')).toBe(1);
  });

  test('has a wrong key, which is told without it', async () => {
    await using place = await makeBucketPlace();
    const wrong = { ...place.place.keys, secretAccessKey: 'not-the-secret-0123456789' };
    const backend = await openBackend(place.location, place.access({}, wrong));
    const failure = await backend.list('data').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ACCESS_REFUSED' });
    expect(String(failure)).not.toContain('not-the-secret');
  });

  test('finds no bucket of that name', async () => {
    await using place = await makeBucketPlace();
    const backend = await openBackend(place.location.replace(/office$/, 'no-such-bucket'), place.access());
    await expect(backend.create()).rejects.toMatchObject({ code: 'REPOSITORY_PLACE_MISSING' });
  });
});

test('bytes of a large file pass a pace in small slices, both ways', async () => {
  await using place = await makeBucketPlace();
  const passed = { up: [] as number[], down: [] as number[] };
  const pace: Pace = {
    up: async (bytes) => void passed.up.push(bytes),
    down: async (bytes) => void passed.down.push(bytes),
  };
  const data = noise(3_000_000, 'paced');
  const backend = withThrottle(place.backend, pace);
  await backend.save(packOf(data), data);
  expect((await backend.load(packOf(data))).equals(data)).toBe(true);
  for (const slices of [passed.up, passed.down]) {
    expect(slices.reduce((sum, bytes) => sum + bytes, 0)).toBe(data.length);
    expect(Math.max(...slices)).toBeLessThanOrEqual(64 * 1024);
  }
});
