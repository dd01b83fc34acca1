import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CreateMultipartUploadCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { makeAwsEndpoint, makeAwsPlace, refusal } from '../../support/sandbox-aws.ts';

const Key = 'large';
let Bucket: string;
/** Nobody else's, also where others use the same store. */
beforeEach(() => void (Bucket = `papers-${randomUUID()}`));
const partBytes = 5 * 1024 * 1024;
const body = randomBytes(partBytes + 1000);

async function begin(s3: S3Client, more: Partial<CreateMultipartUploadCommandInput> = {}) {
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }));
  const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return { Bucket, Key, UploadId };
}

async function putParts(
  s3: S3Client,
  upload: { Bucket: string; Key: string; UploadId: string },
  pieces: readonly Buffer[],
) {
  const parts: CompletedPart[] = [];
  for (const [at, Body] of pieces.entries()) {
    const put = await s3.send(new UploadPartCommand({ ...upload, PartNumber: at + 1, Body }));
    parts.push({ PartNumber: at + 1, ETag: put.ETag, ChecksumCRC32: put.ChecksumCRC32 });
  }
  return parts;
}

const inTwo = [body.subarray(0, partBytes), body.subarray(partBytes)];

test('parts make one object, whose ETag tells their number and whose copy has another one', async () => {
  await using place = await makeAwsEndpoint();
  const s3 = place.s3();
  const upload = await begin(s3, { ChecksumAlgorithm: 'CRC32', Metadata: { m: '1' } });
  const Parts = await putParts(s3, upload, inTwo);
  expect((await s3.send(new ListPartsCommand({ ...upload, MaxParts: 1 }))).IsTruncated).toBe(true);
  const done = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  expect(done.ETag).toMatch(/^"[\da-f]{32}-2"$/);
  expect(done).toMatchObject({ ChecksumType: 'COMPOSITE', ChecksumCRC32: expect.stringMatching(/-2$/) as string });
  const whole = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(Buffer.from((await whole.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  const second = await s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }));
  expect(second).toMatchObject({ ContentLength: 1000, PartsCount: 2, Metadata: { m: '1' } });
  await second.Body?.transformToByteArray();
  const facts = await s3.send(
    new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['ObjectSize', 'ObjectParts', 'Checksum'] }),
  );
  expect(facts).toMatchObject({ ObjectSize: body.length, ObjectParts: { TotalPartsCount: 2 } });
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` }));
  const copy = await s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' }));
  expect(copy.ETag).toMatch(/^"[\da-f]{32}"$/);
  expect(await refusal(s3.send(new ListPartsCommand(upload)))).toEqual({ code: 'NoSuchUpload', status: 404 });
});

test('parts that are too small, in disorder or not there make nothing', async () => {
  await using place = await makeAwsEndpoint();
  const s3 = place.s3();
  const upload = await begin(s3);
  const parts = await putParts(s3, upload, [Buffer.from('tiny'), Buffer.from('last')]);
  const complete = (Parts: CompletedPart[], more: object = {}) =>
    refusal(s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more })));
  expect(await complete(parts)).toEqual({ code: 'EntityTooSmall', status: 400 });
  expect(await complete(parts.toReversed())).toEqual({ code: 'InvalidPartOrder', status: 400 });
  expect(await complete([{ ...parts[0], ETag: '"0"' }])).toEqual({ code: 'InvalidPart', status: 400 });
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'there' }));
  expect(await complete(parts.slice(0, 1), { IfNoneMatch: '*' })).toEqual({ code: 'PreconditionFailed', status: 412 });
  expect((await s3.send(new GetObjectCommand({ Bucket, Key }))).ContentLength).toBe(5);
});

test('an answer that began well can end in an error', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  const upload = await begin(s3);
  const Parts = await putParts(s3, upload, [Buffer.from('x')]);
  const refuse = { status: 200, code: 'InternalError' };
  place.aws.fault({ operation: 'CompleteMultipartUpload' }, { refuse }, { times: 1 });
  const complete = () => s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  await expect(complete()).rejects.toThrow('InternalError');
  await complete();
});

test('leftovers of uploads are listed, and leave nothing when they are given up', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  const upload = await begin(s3);
  await putParts(s3, upload, inTwo);
  expect(await readdir(place.workspace.path('aws'))).toHaveLength(1);
  const listed = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(listed.Uploads).toMatchObject([{ Key, UploadId: upload.UploadId }]);
  await s3.send(new AbortMultipartUploadCommand(upload));
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toBeUndefined();
  expect(await readdir(place.workspace.path('aws'))).toHaveLength(0);
});

test('a part can be a stretch of another object', async () => {
  await using place = await makeAwsEndpoint();
  const s3 = place.s3();
  const upload = await begin(s3);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: body }));
  const from = { ...upload, CopySource: `${Bucket}/source` };
  const first = await s3.send(
    new UploadPartCopyCommand({ ...from, PartNumber: 1, CopySourceRange: `bytes=0-${partBytes - 1}` }),
  );
  const second = await s3.send(
    new UploadPartCopyCommand({ ...from, PartNumber: 2, CopySourceRange: `bytes=${partBytes}-${partBytes}` }),
  );
  const Parts = [first, second].map(({ CopyPartResult }, at) => ({ PartNumber: at + 1, ETag: CopyPartResult?.ETag }));
  await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  expect(bytes.equals(body.subarray(0, partBytes + 1))).toBe(true);
});
