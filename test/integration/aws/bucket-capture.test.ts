import { DeleteObjectCommand } from '@aws-sdk/client-s3';
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
    await place.s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'e' }));
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
