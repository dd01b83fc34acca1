import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { account, makeAwsPlace, otherAccount, refusal } from '../../support/sandbox-aws.ts';

const Bucket = 'papers';

async function makeBucket(s3: S3Client, versioning?: 'Enabled' | 'Suspended') {
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }));
  if (versioning === undefined) return;
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: versioning } }));
}

async function read(s3: S3Client, Key: string, VersionId?: string) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...(VersionId !== undefined && { VersionId }) }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

test('an object comes back as it was put, with what was said of it', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3);
  const large = randomBytes(300_000);
  const put = await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'a/large',
      Body: large,
      ContentType: 'text/x-odd',
      CacheControl: 'no-store',
      ContentEncoding: 'gzip',
      Metadata: { colour: 'blue', empty: '' },
      Tagging: 'team=green&size=l',
    }),
  );
  expect(put).toMatchObject({ ChecksumCRC32: expect.any(String) as string, ServerSideEncryption: 'AES256' });
  expect(put).not.toHaveProperty('VersionId');
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/large', ChecksumMode: 'ENABLED' }));
  expect(got).toMatchObject({
    ContentType: 'text/x-odd',
    CacheControl: 'no-store',
    ContentEncoding: 'gzip',
    ContentLength: large.length,
    Metadata: { colour: 'blue', empty: '' },
    TagCount: 2,
    ETag: put.ETag,
    ChecksumCRC32: put.ChecksumCRC32,
    ServerSideEncryption: 'AES256',
  });
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(large)).toBe(true);
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/large' }));
  expect(head).toMatchObject({ ContentLength: large.length, ETag: put.ETag });
  await s3.send(
    new PutObjectTaggingCommand({ Bucket, Key: 'a/large', Tagging: { TagSet: [{ Key: 'k', Value: 'v & w' }] } }),
  );
  const tags = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'a/large' }));
  expect(tags.TagSet).toEqual([{ Key: 'k', Value: 'v & w' }]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/large' }));
  expect(await refusal(read(s3, 'a/large'))).toEqual({ code: 'NoSuchKey', status: 404 });
});

test('every checksum of S3 is verified, in headers and in trailers', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3);
  const Body = Buffer.from('123456789');
  const known = {
    CRC32: 'y/Q5Jg==',
    CRC32C: '4waSgw==',
    CRC64NVME: 'rosUhgp5mIg=',
    SHA1: '98O8HYCOBHMq32eZZczDTKeuNEE=',
    SHA256: 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=',
  } as const;
  for (const name of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
    const put = await s3.send(new PutObjectCommand({ Bucket, Key: name, Body, [`Checksum${name}`]: known[name] }));
    expect(put).toMatchObject({ [`Checksum${name}`]: known[name] });
    const wrong = { Bucket, Key: 'wrong', Body: Buffer.from('12345678'), [`Checksum${name}`]: known[name] };
    expect(await refusal(s3.send(new PutObjectCommand(wrong)))).toEqual({ code: 'BadDigest', status: 400 });
  }
  const streamed = { Bucket, Key: 'streamed', Body: Readable.from([Body]), ContentLength: 9 };
  const { ChecksumCRC32 } = await s3.send(new PutObjectCommand(streamed));
  expect(ChecksumCRC32).toBe(known.CRC32);
  const wrongMd5 = new PutObjectCommand({ Bucket, Key: 'wrong', Body, ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' });
  expect(await refusal(s3.send(wrongMd5))).toEqual({ code: 'BadDigest', status: 400 });
  expect(await refusal(read(s3, 'wrong'))).toEqual({ code: 'NoSuchKey', status: 404 });
});

test('recent clients send CRC32 unasked, which stores that are only like S3 refuse', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3);
  place.aws.behaveS3({ refusesChecksums: true });
  const put = () => new PutObjectCommand({ Bucket, Key: 'k', Body: 'text' });
  expect(await refusal(s3.send(put()))).toEqual({ code: 'NotImplemented', status: 501 });
  await place.s3({ requestChecksumCalculation: 'WHEN_REQUIRED' }).send(put());
  expect((await read(s3, 'k')).toString()).toBe('text');
});

test('If-None-Match keeps what is there, and If-Match replaces only what was seen', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3);
  const put = (Body: string, more: { IfNoneMatch?: string; IfMatch?: string }) =>
    s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body, ...more }));
  expect(await refusal(put('x', { IfMatch: '"0"' }))).toEqual({ code: 'NoSuchKey', status: 404 });
  const { ETag = '' } = await put('first', { IfNoneMatch: '*' });
  expect(await refusal(put('second', { IfNoneMatch: '*' }))).toEqual({ code: 'PreconditionFailed', status: 412 });
  await put('second', { IfMatch: ETag });
  expect(await refusal(put('third', { IfMatch: ETag }))).toEqual({ code: 'PreconditionFailed', status: 412 });
  expect((await read(s3, 'k')).toString()).toBe('second');
  const changed = new GetObjectCommand({ Bucket, Key: 'k', IfMatch: ETag });
  expect(await refusal(s3.send(changed))).toEqual({ code: 'PreconditionFailed', status: 412 });
});

test('ranges are given as they were asked for, and refused beyond the end', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '0123456789' }));
  const range = async (Range: string) => {
    const { Body, ContentRange } = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', Range }));
    return [await Body?.transformToString(), ContentRange];
  };
  expect(await range('bytes=2-4')).toEqual(['234', 'bytes 2-4/10']);
  expect(await range('bytes=7-')).toEqual(['789', 'bytes 7-9/10']);
  expect(await range('bytes=-2')).toEqual(['89', 'bytes 8-9/10']);
  expect(await range('bytes=8-100')).toEqual(['89', 'bytes 8-9/10']);
  expect(await refusal(range('bytes=10-'))).toEqual({ code: 'InvalidRange', status: 416 });
});

test('a delete leaves a marker, which hides the object and can be taken away', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3, 'Enabled');
  const { VersionId: first } = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'one' }));
  const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) as string });
  expect(await refusal(read(s3, 'k'))).toEqual({ code: 'NoSuchKey', status: 404 });
  expect(await refusal(read(s3, 'k', marker.VersionId))).toEqual({ code: 'MethodNotAllowed', status: 405 });
  expect((await read(s3, 'k', first)).toString()).toBe('one');
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(listed.DeleteMarkers).toMatchObject([{ Key: 'k', VersionId: marker.VersionId, IsLatest: true }]);
  expect(listed.Versions).toMatchObject([{ Key: 'k', VersionId: first, IsLatest: false }]);
  expect(await refusal(s3.send(new DeleteBucketCommand({ Bucket })))).toEqual({ code: 'BucketNotEmpty', status: 409 });
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: marker.VersionId }));
  expect((await read(s3, 'k')).toString()).toBe('one');
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'two' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'three' }));
  const later = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(later.Versions?.map(({ VersionId }) => VersionId)).toEqual(['null', first]);
});

test('many are deleted at once, and one that cannot be does not keep the others', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3, 'Enabled');
  const keys = place.user({ policy: { allow: ['s3:*'], deny: ['s3:DeleteObjectVersion'] } });
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'x' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'gone', Body: 'x' }));
  const Objects = [{ Key: 'kept', VersionId }, { Key: 'gone' }, { Key: 'never & there' }];
  const result = await place
    .s3({ credentials: { ...keys } })
    .send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect(result.Deleted?.map(({ Key }) => Key)).toEqual(['gone', 'never & there']);
  expect(result.Errors).toMatchObject([{ Key: 'kept', VersionId, Code: 'AccessDenied' }]);
});

test('a copy keeps what is said of an object unless it is replaced, and not onto itself', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3);
  const key = 'a b/ü+?&';
  await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: 'x', Metadata: { m: '1' }, Tagging: 't=1' }));
  const CopySource = `${Bucket}/${encodeURIComponent(key)}`;
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'same', CopySource }));
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'same' }))).toMatchObject({ Metadata: { m: '1' } });
  const replaced = { Bucket, Key: 'other', CopySource, MetadataDirective: 'REPLACE', Metadata: { n: '2' } } as const;
  await s3.send(new CopyObjectCommand(replaced));
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'other' }))).Metadata).toEqual({ n: '2' });
  expect(await refusal(s3.send(new CopyObjectCommand({ Bucket, Key: key, CopySource })))).toEqual({
    code: 'InvalidRequest',
    status: 400,
  });
});

test('the ETag is the MD5 only of what is in one piece and without a key of KMS', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3);
  const md5 = '"9dd4e461268c8034f5c8564e155c67a6"';
  const put = (more: object) => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ...more }));
  expect((await put({})).ETag).toBe(md5);
  const SSEKMSKeyId = place.aws.kms.add(account, 'eu-central-1');
  const sealed = await put({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId });
  expect(sealed).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId });
  expect(sealed.ETag).not.toBe(md5);
  const unknown = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: `${SSEKMSKeyId}0` };
  expect(await refusal(put(unknown))).toEqual({ code: 'KMS.NotFoundException', status: 400 });
  place.aws.kms.disable(SSEKMSKeyId);
  const disabled = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId };
  expect(await refusal(put(disabled))).toEqual({ code: 'KMS.DisabledException', status: 400 });
  const own = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: randomBytes(32).toString('base64') };
  expect((await refusal(put(own))).code).toBe('AccessDenied');
});

test('a bucket is where it was made, and whose it is', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await makeBucket(s3);
  const elsewhere = place.s3({ region: 'us-east-1' });
  expect(await refusal(elsewhere.send(new HeadBucketCommand({ Bucket })))).toMatchObject({ status: 301 });
  await place
    .s3({ region: 'us-east-1', followRegionRedirects: true, maxAttempts: 2 })
    .send(new HeadBucketCommand({ Bucket }));
  const other = place.s3({ credentials: { ...place.user({}, otherAccount) } });
  expect(await refusal(other.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' })))).toEqual({
    code: 'AccessDenied',
    status: 403,
  });
  const again = { Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } } as const;
  expect((await refusal(s3.send(new CreateBucketCommand(again)))).code).toBe('BucketAlreadyOwnedByYou');
  expect((await refusal(other.send(new CreateBucketCommand(again)))).code).toBe('BucketAlreadyExists');
  const wrong = new CreateBucketCommand({ ...again, Bucket: 'elsewhere' });
  expect((await refusal(elsewhere.send(wrong))).code).toBe('IllegalLocationConstraintException');
  expect((await s3.send(new ListBucketsCommand())).Buckets).toMatchObject([
    { Name: Bucket, BucketRegion: 'eu-central-1' },
  ]);
  expect((await other.send(new ListBucketsCommand())).Buckets).toEqual([]);
});

test('who may not list a bucket is not told that something is not in it', async () => {
  await using place = await makeAwsPlace();
  await makeBucket(place.s3());
  const reader = place.s3({ credentials: { ...place.user({ policy: { allow: ['s3:GetObject'] } }) } });
  expect(await refusal(read(reader, 'k'))).toEqual({ code: 'AccessDenied', status: 403 });
});
