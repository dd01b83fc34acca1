import { DeleteObjectCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bucket, BucketScene } from '../../support/bucket.ts';
import { makeLocalPlace, makeRepository, type LocalPlace } from '../../support/local-place.ts';
import { noise } from '../../support/odd-tree.ts';
import { makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';

const mib = 1024 * 1024;
let place: AwsPlace;
let local: LocalPlace;
let scene: BucketScene;

beforeEach(async () => {
  place = await makeAwsPlace();
  local = await makeLocalPlace();
  scene = new BucketScene(place, await makeRepository(local));
  await scene.create();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
  await local[Symbol.asyncDispose]();
});

const operations = () => place.aws.log.map(({ operation }) => operation);

describe('objects', () => {
  test('come into the snapshot with their content and all that is known of them', async () => {
    await scene.put('a', 'one', {
      ContentType: 'text/plain',
      ContentEncoding: 'identity',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentLanguage: 'de',
      CacheControl: 'max-age=60',
      Expires: new Date('2031-01-01T00:00:00Z'),
      Metadata: { colour: 'blue' },
      Tagging: 'team=ops&cost%20centre=7',
      StorageClass: 'STANDARD_IA',
    });
    await scene.put('empty', '');
    const large = noise(21 * mib + 5, 'large');
    await scene.put('films/large', large);
    const result = await scene.protect();
    expect(result).toMatchObject({ status: 'complete', files: { new: 3 }, bytes: 3 + large.length });
    const stored = await scene.stored(result.snapshot);
    expect([...stored.keys()].toSorted()).toEqual(['a', 'empty', 'films/large']);
    expect(stored.get('films/large')?.content.equals(large)).toBe(true);
    expect(stored.get('a')?.record).toMatchObject({
      key: 'a',
      size: 3,
      etag: 'f97c5d29941bfb1b2fdab0874906ab82',
      contentType: 'text/plain',
      contentEncoding: 'identity',
      contentDisposition: 'attachment; filename="a.txt"',
      contentLanguage: 'de',
      cacheControl: 'max-age=60',
      expires: 'Wed, 01 Jan 2031 00:00:00 GMT',
      metadata: { colour: 'blue' },
      tags: [
        ['team', 'ops'],
        ['cost centre', '7'],
      ],
      storageClass: 'STANDARD_IA',
    });
    await scene.expectSound();
  });

  test('without tags cost one call each, once it is known that tags may be read', async () => {
    for (let at = 0; at < 10; at++) await scene.put(`object ${at}`);
    const calls = operations().length;
    await scene.protect();
    const made = operations().slice(calls);
    expect(made.filter((operation) => operation === 'GetObject')).toHaveLength(10);
    expect(made.filter((operation) => operation === 'GetObjectTagging')).toHaveLength(1);
  });

  test('whose tags may not be read are stored without, and that is named once', async () => {
    for (let at = 0; at < 10; at++) await scene.put(`object ${at}`);
    using _ = place.aws.fault({ operation: 'GetObjectTagging' }, { refuse: { status: 403, code: 'AccessDenied' } });
    expect(await scene.protect()).toMatchObject({ status: 'partial', files: { new: 10 } });
    expect(scene.issues).toMatchObject([{ code: 'AWS_FORBIDDEN' }]);
  });

  test('that are unchanged cost no call, and their folders are taken over', async () => {
    for (let at = 0; at < 30; at++) await scene.put(`folder ${at % 3}/object ${at}`);
    const first = await scene.protect();
    const calls = operations().length;
    const second = await scene.protect();
    expect(operations().slice(calls)).toEqual(['ListObjectsV2']);
    expect(second).toMatchObject({ files: { new: 0, changed: 0, unmodified: 30 }, addedBytes: 0 });
    expect(await scene.treeOf(second.snapshot)).toBe(await scene.treeOf(first.snapshot));
  });

  test('that change, come and go are followed', async () => {
    for (const key of ['a', 'b/c', 'b/d', 'e']) await scene.put(key);
    await scene.protect();
    await scene.put('b/c', 'other');
    await scene.put('b/f');
    await remove('e');
    const second = await scene.protect();
    expect(second).toMatchObject({ status: 'complete', files: { new: 1, changed: 1, unmodified: 2 } });
    const stored = await scene.stored(second.snapshot);
    expect([...stored].map(([key, { content }]) => `${key}=${content.toString()}`).toSorted()).toEqual([
      'a=a',
      'b/c=other',
      'b/d=b/d',
      'b/f=b/f',
    ]);
    // Also of those that were not read again.
    expect(stored.get('b/d')?.record).toMatchObject({ key: 'b/d', size: 3 });
  });
});

describe('a bucket that has lost', () => {
  test('all it held, or most of it, is an alarm and no snapshot', async () => {
    for (let at = 0; at < 20; at++) await scene.put(`key ${at}`);
    await scene.protect();
    for (let at = 0; at < 12; at++) await remove(`key ${at}`);
    await expect(scene.protect()).rejects.toMatchObject({ code: 'SOURCE_EMPTIED' });
    for (let at = 12; at < 20; at++) await remove(`key ${at}`);
    await expect(scene.protect()).rejects.toMatchObject({ code: 'SOURCE_EMPTIED' });
    expect(await scene.protect({ allowShrunk: true })).toMatchObject({ status: 'complete', bytes: 0 });
    await scene.expectSound();
  });

  test('what its keys are is an alarm, also where markers of the deletion remain', async () => {
    await keepVersions();
    for (let at = 0; at < 12; at++) await scene.put(`key ${at}`);
    await scene.protect({ versions: true });
    for (let at = 0; at < 12; at++) await remove(`key ${at}`);
    await expect(scene.protect({ versions: true })).rejects.toMatchObject({ code: 'SOURCE_EMPTIED' });
  });
});

describe('versions', () => {
  test('and markers of what was deleted are kept beside what each key is now', async () => {
    await keepVersions();
    await scene.put('a', 'first');
    await scene.put('a', 'second');
    await scene.put('gone', 'was here');
    await remove('gone');
    const { snapshot } = await scene.protect({ versions: true });
    const now = await scene.stored(snapshot);
    expect([...now].map(([key, { content }]) => [key, content.toString()])).toEqual([['a', 'second']]);
    const old = [...(await scene.stored(snapshot, '%+versions')).values()];
    expect(old.map(({ content, record }) => [record?.key, content.toString(), record?.deleteMarker ?? false])).toEqual(
      expect.arrayContaining([
        ['a', 'first', false],
        ['gone', 'was here', false],
        ['gone', '', true],
      ]),
    );
    expect(old).toHaveLength(3);
    // The version that is replaced moves, and is not read again.
    await scene.put('a', 'third');
    const calls = place.aws.log.length;
    const second = await scene.protect({ versions: true });
    expect(place.aws.log.slice(calls).filter(({ operation }) => operation === 'GetObject')).toHaveLength(1);
    expect([...(await scene.stored(second.snapshot, '%+versions')).values()]).toHaveLength(4);
    await scene.expectSound();
  });
});

describe('an object that cannot be read', () => {
  test('for it is archived is named, and what was read of it before stays', async () => {
    await scene.put('folder/cold', 'as it was');
    await scene.put('warm');
    await scene.protect();
    await scene.put('folder/cold', 'as it is', { StorageClass: 'GLACIER' });
    await scene.put('folder/new', 'never read', { StorageClass: 'DEEP_ARCHIVE' });
    const result = await scene.protect();
    expect(result).toMatchObject({ status: 'partial' });
    expect(scene.issues.map(({ path, code }) => [path, code])).toEqual([
      [`/${bucket}/folder%2F/cold`, 'S3_ARCHIVED'],
      [`/${bucket}/folder%2F/new`, 'S3_ARCHIVED'],
    ]);
    expect(result.items).toContainEqual({ path: `/${bucket}/folder%2F`, complete: false });
    const stored = await scene.stored(result.snapshot);
    expect([...stored.keys()].toSorted()).toEqual(['folder/cold', 'warm']);
    expect(stored.get('folder/cold')?.content.toString()).toBe('as it was');
  });

  test('for the right to it is missing is named, and the others are stored', async () => {
    await scene.put('a');
    await scene.put('b');
    using _ = place.aws.fault(
      { service: 's3', operation: 'GetObject', path: /\/b/ },
      { refuse: { status: 403, code: 'AccessDenied' } },
    );
    const result = await scene.protect();
    expect(result).toMatchObject({ status: 'partial', files: { new: 1 } });
    expect(scene.issues).toMatchObject([{ path: `/${bucket}/b`, code: 'AWS_FORBIDDEN' }]);
  });
});

describe('what is not what S3 keeps', () => {
  test('is asked for again', async () => {
    await scene.put('a', 'true content');
    using _ = place.aws.fault({ service: 's3', operation: 'GetObject' }, { truncateAfterBytes: 4 }, { times: 2 });
    const { snapshot } = await scene.protect();
    expect((await scene.stored(snapshot)).get('a')?.content.toString()).toBe('true content');
  });

  test('of a list that breaks off is no snapshot', async () => {
    place.aws.behaveS3({ pageLimit: 2 });
    for (let at = 0; at < 6; at++) await scene.put(`key ${at}`);
    using _ = place.aws.fault(
      { service: 's3', operation: 'ListObjectsV2', path: /continuation-token/ },
      { refuse: { status: 403, code: 'AccessDenied' } },
    );
    await expect(scene.protect()).rejects.toMatchObject({ code: 'AWS_FORBIDDEN' });
  });
});

async function keepVersions(): Promise<void> {
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await place.s3().send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
}

async function remove(Key: string): Promise<void> {
  await place.s3().send(new DeleteObjectCommand({ Bucket: bucket, Key }));
}
