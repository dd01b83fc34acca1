/** Objects read without the kit, beside what the kit says of them. */
import { GetObjectCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ObjectReads } from '../../../electron/engine/aws/object-reads.ts';
import { s3Client } from '../../../electron/engine/aws/s3-client.ts';
import { createBucket, putObject } from '../../support/bucket.ts';
import { home, makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';

const Bucket = 'many-keys';
const never = new AbortController().signal;
let place: AwsPlace;
let s3: ReturnType<typeof s3Client>;
let reads: ObjectReads;

beforeEach(async () => {
  place = await makeAwsPlace();
  const { aws, keys } = place;
  s3 = s3Client({ endpoint: aws.endpoint, region: home, credentials: async () => keys });
  reads = new ObjectReads(s3);
  await createBucket(place, Bucket);
});
afterEach(async () => {
  reads[Symbol.dispose]();
  s3.destroy();
  await place[Symbol.asyncDispose]();
});

/** How many requests of the kit came, and how many of ours: the kit names the call in its path. */
const asked = () => {
  const all = place.aws.log.filter(({ operation }) => operation === 'GetObject');
  const byKit = all.filter(({ path }) => path.includes('x-id=GetObject')).length;
  return { byKit, straight: all.length - byKit };
};

async function contentOf(Key: string, bytes: number, more = {}): Promise<string> {
  const memory = Buffer.alloc(bytes);
  await reads.get({ Bucket, Key, ...more }, memory, never);
  return memory.toString();
}

test('say of an object what the kit says of it', async () => {
  await putObject(place, Bucket, 'first');
  await contentOf('first', 5);
  const odd = ['a b+c', 'ü/ä', "it's (1)!*", '../..//x/', 'percent %2F', '~-_.', '\u0001'];
  for (const Key of odd) {
    await putObject(place, Bucket, Key, Key, {
      ContentType: 'text/plain',
      ContentEncoding: 'identity',
      ContentDisposition: 'inline',
      ContentLanguage: 'de',
      CacheControl: 'no-store',
      Expires: new Date('2031-01-01T00:00:00Z'),
      WebsiteRedirectLocation: '/there',
      Metadata: { colour: 'blue', 'with-dash': '1, 2' },
      Tagging: 'team=ops',
      StorageClass: 'STANDARD_IA',
      ServerSideEncryption: 'AES256',
      ChecksumAlgorithm: 'CRC32',
    });
    const {
      Body: _,
      $metadata: __,
      ...byKit
    } = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    const memory = Buffer.alloc(Buffer.byteLength(Key));
    const answer = await reads.get({ Bucket, Key, ChecksumMode: 'ENABLED' }, memory, never);
    expect(memory.toString()).toBe(Key);
    expect(answer.ChecksumCRC32).toBeDefined();
    expect(byKit).toMatchObject(answer);
    expect(Object.keys(answer)).toHaveLength(14);
  }
  expect(asked()).toEqual({ byKit: 1 + odd.length, straight: odd.length });
});

test('ask for a range, a version, and for what was not replaced', async () => {
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await place.s3().send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  await putObject(place, Bucket, 'a', 'now');
  const { ETag = '' } = await place.s3().send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'before' }));
  const { VersionId = '' } = await place.s3().send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'before' }));
  await putObject(place, Bucket, 'b', 'after');
  await contentOf('a', 3);
  expect(await contentOf('b', 6, { VersionId })).toBe('before');
  expect(await contentOf('b', 2, { Range: 'bytes=1-2' })).toBe('ft');
  expect(asked()).toEqual({ byKit: 1, straight: 2 });
  await expect(contentOf('b', 5, { IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

test('leave to the kit what is not answered with the object', async () => {
  await putObject(place, Bucket, 'a', 'here');
  await contentOf('a', 4);
  await expect(contentOf('b', 4)).rejects.toMatchObject({ name: 'NoSuchKey' });
  {
    using _ = place.aws.fault({ operation: 'GetObject' }, { truncateAfterBytes: 2 }, { times: 1 });
    expect(await contentOf('a', 4)).toBe('here');
  }
  expect(asked()).toEqual({ byKit: 3, straight: 2 });
});

test('let the kit set the pace as soon as S3 is asked too much', async () => {
  await putObject(place, Bucket, 'a', 'here');
  await contentOf('a', 4);
  using _ = place.aws.fault({ operation: 'GetObject' }, 'throttle', { times: 1 });
  for (let turn = 0; turn < 5; turn++) expect(await contentOf('a', 4)).toBe('here');
  expect(asked()).toEqual({ byKit: 6, straight: 1 });
});
