import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type DeleteMarkerEntry,
  type ListObjectsV2CommandInput,
  type ObjectVersion,
  type S3Client,
} from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { makeAwsEndpoint, makeAwsPlace, refusal } from '../../support/sandbox-aws.ts';

let Bucket: string;
/** Nobody else's, also where others use the same store. */
beforeEach(() => void (Bucket = `papers-${randomUUID()}`));

async function fill(s3: S3Client, keys: readonly string[]) {
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }));
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
}

/** Page by page, what is on each. */
async function pages(s3: S3Client, more: Omit<ListObjectsV2CommandInput, 'Bucket'>) {
  const found: string[][] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, ...more, ...(ContinuationToken && { ContinuationToken }) }),
    );
    const keys = (page.Contents ?? []).map(({ Key }) => Key ?? '');
    const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? '');
    expect(page.KeyCount).toBe(keys.length + prefixes.length);
    found.push([...keys, ...prefixes]);
    ContinuationToken = page.NextContinuationToken;
    expect(page.IsTruncated).toBe(ContinuationToken !== undefined);
  } while (ContinuationToken !== undefined);
  return found;
}

test('keys come in the order of their bytes, page by page, and what a delimiter closes as one', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await fill(s3, ['b/2', 'a', '\u{1f600}', '\uff5e', 'b/1', 'b//x', 'b/', 'B', 'b', 'c/d/e']);
  expect(await pages(s3, { MaxKeys: 4 })).toEqual([
    ['B', 'a', 'b', 'b/'],
    ['b//x', 'b/1', 'b/2', 'c/d/e'],
    ['\uff5e', '\u{1f600}'],
  ]);
  expect(await pages(s3, { Delimiter: '/', MaxKeys: 2 })).toEqual([
    ['B', 'a'],
    ['b', 'b/'],
    ['\uff5e', 'c/'],
    ['\u{1f600}'],
  ]);
  expect(await pages(s3, { Delimiter: '/', Prefix: 'b/' })).toEqual([['b/', 'b/1', 'b/2', 'b//']]);
  expect(await pages(s3, { StartAfter: 'b/1', Prefix: 'b' })).toEqual([['b/2']]);
  expect(await pages(s3, { MaxKeys: 0 })).toEqual([[]]);
  place.aws.behaveS3({ pageLimit: 9 });
  expect((await pages(s3, { MaxKeys: 1000 })).map(({ length }) => length)).toEqual([9, 1]);
  const bad = new ListObjectsV2Command({ Bucket, ContinuationToken: 'made up' });
  expect(await refusal(s3.send(bad))).toEqual({ code: 'InvalidArgument', status: 400 });
});

test('the first version of lists says where to go on only with a delimiter', async () => {
  await using place = await makeAwsEndpoint();
  const s3 = place.s3();
  await fill(s3, ['a', 'b/1', 'b/2', 'c']);
  const plain = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 2 }));
  expect(plain).toMatchObject({ IsTruncated: true, Contents: [{ Key: 'a' }, { Key: 'b/1' }] });
  expect(plain.NextMarker).toBeUndefined();
  const closed = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 2, Delimiter: '/' }));
  expect(closed.NextMarker).toBe('b/');
  const rest = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', Marker: 'b/' }));
  expect(rest.Contents).toMatchObject([{ Key: 'c' }]);
  expect(rest.CommonPrefixes).toBeUndefined();
});

const odd = [
  'a//b',
  'a/',
  '../up',
  './x',
  'sp ace+plus%20',
  'q\'"&<>',
  'tab\tnew\nline\rbell\u0007',
  'ü/\u0301',
  'x'.repeat(1024),
];

test('odd keys are kept as they are, and come whole through a list that encodes them', async () => {
  await using place = await makeAwsEndpoint();
  const s3 = place.s3();
  await fill(s3, odd);
  const { Contents = [], EncodingType } = await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }));
  expect(EncodingType).toBe('url');
  const keys = Contents.map(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', ' ')));
  expect(keys.toSorted()).toEqual(odd.toSorted());
  expect(Contents.map(({ Key }) => Key)).toContain('sp+ace%2Bplus%2520');
  expect(Contents.map(({ Key }) => Key)).toContain('a//b');
  const long = new PutObjectCommand({ Bucket, Key: 'ü'.repeat(513), Body: 'x' });
  expect(await refusal(s3.send(long))).toEqual({ code: 'KeyTooLongError', status: 400 });
});

test('pages of versions may hold nothing but markers, and end in the middle of a key', async () => {
  await using place = await makeAwsEndpoint();
  const s3 = place.s3();
  await fill(s3, []);
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  for (const Key of ['a', 'b']) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    for (let times = 0; times < 2; times++) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  }
  const found: string[] = [];
  let markers = {};
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 2, ...markers }));
    const name =
      (kind: string) =>
      ({ Key = '', IsLatest = false }: ObjectVersion | DeleteMarkerEntry) =>
        `${kind} ${Key}${IsLatest ? ' latest' : ''}`;
    found.push(
      [...(page.Versions ?? []).map(name('version')), ...(page.DeleteMarkers ?? []).map(name('marker'))].join(', '),
    );
    if (page.IsTruncated !== true) break;
    markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  expect(found).toEqual(['marker a latest, marker a', 'version a, marker b latest', 'version b, marker b']);
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
});
