import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bucketRestoreResultSchema } from '../../../shared/contract/buckets.ts';
import { bucketRunPreviewSchema } from '../../../shared/contract/bucket-runs.ts';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { awsEnvironment, lendEnvironment } from '../../support/aws-environment.ts';
import { bucket, createBucket, putObject } from '../../support/bucket.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { noise } from '../../support/odd-tree.ts';
import { makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';

const other = 'photos-come-back';
const large = noise(18 * 1024 * 1024, 'large');
let place: AwsPlace;
let lent: Disposable;

beforeEach(async () => {
  place = await makeAwsPlace();
  lent = lendEnvironment(awsEnvironment(place));
  place.workspace.init();
  await createBucket(place, bucket);
  await createBucket(place, other);
});
afterEach(async () => {
  lent[Symbol.dispose]();
  await place[Symbol.asyncDispose]();
});

const holdfast = (args: readonly string[]) => place.workspace.here([...args, '--json']);

async function keepVersions(Bucket: string): Promise<void> {
  await place.s3().send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
}

async function put(key: string, body: string | Buffer): Promise<void> {
  await putObject(place, bucket, key, body, { Metadata: { of: key.slice(0, 1) } });
  place.aws.clock.advance(2000);
}

async function remove(Key: string, Bucket = bucket, VersionId?: string): Promise<void> {
  await place.s3().send(new DeleteObjectCommand({ Bucket, Key, ...(VersionId !== undefined && { VersionId }) }));
  place.aws.clock.advance(2000);
}

/** By key, oldest first; null is a marker. */
async function versionsIn(Bucket: string): Promise<Record<string, (string | null)[]>> {
  const { Versions = [], DeleteMarkers = [] } = await place.s3().send(new ListObjectVersionsCommand({ Bucket }));
  const all = [...Versions, ...DeleteMarkers.map((marker) => ({ ...marker, isMarker: true }))];
  const found: Record<string, (string | null)[]> = {};
  // The newest of one second is told by being the latest; tests let time pass between all others.
  all.sort((a, b) => (a.LastModified?.getTime() ?? 0) - (b.LastModified?.getTime() ?? 0));
  for (const one of all) {
    const { Key = '', VersionId } = one;
    const content = 'isMarker' in one ? null : await contentOf(Bucket, Key, VersionId);
    (found[Key] ??= []).push(content);
  }
  return found;
}

async function contentOf(Bucket: string, Key: string, VersionId: string | undefined): Promise<string> {
  const { Body } = await place.s3().send(new GetObjectCommand({ Bucket, Key, VersionId }));
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  return bytes.length < 100 ? bytes.toString() : createHash('sha256').update(bytes).digest('hex');
}

async function protect(): Promise<string> {
  const add = ['source', 'add', 's3-bucket', '--name', 'photos', '--set', `bucket=${bucket}`, '--set', 'versions=yes'];
  expectDone(await holdfast(add));
  return expectDone(await holdfast(['protect', 'photos'])).json(protectResultSchema).snapshot;
}

async function giveBack(snapshot: string, ...more: readonly string[]) {
  const result = await holdfast(['restore', snapshot, '--to-bucket', `s3://${other}`, '--versions', 'all', ...more]);
  return { exitCode: result.code, ...result.json(bucketRestoreResultSchema) };
}

async function fill(): Promise<string> {
  await keepVersions(bucket);
  await put('a', 'first');
  await put('a', large);
  await put('a', 'third');
  await put('a/b', 'beside it');
  await put('deleted', 'was here');
  await remove('deleted');
  await put('back again', 'one');
  await remove('back again');
  await put('back again', 'two');
  await put(`${'long/'.repeat(60)}key`, 'l1');
  await put(`${'long/'.repeat(60)}key`, 'l2');
  await put('x'.repeat(900), 'x1');
  await put('x'.repeat(900), 'x2');
  await put('x'.repeat(901), 'y1');
  await put('plain', 'never changed');
  return protect();
}

test('all versions and markers go back in their order, once, however often it is tried', async () => {
  const snapshot = await fill();
  const before = await versionsIn(bucket);
  await keepVersions(other);
  // Each write is of another second.
  place.aws.clock.stop();
  const ticking = setInterval(() => place.aws.clock.advance(2000), 1);
  try {
    const given = await giveBack(snapshot);
    expect(given).toMatchObject({ exitCode: 0, objects: 15, issues: [], notGivenBack: [], conflicts: { kept: 0 } });
  } finally {
    clearInterval(ticking);
  }
  const after = await versionsIn(other);
  for (const key of Object.keys(before)) expect(after[key], key).toEqual(before[key]);
  expect(Object.keys(after)).toHaveLength(Object.keys(before).length);

  expect(await giveBack(snapshot)).toMatchObject({ exitCode: 0, objects: 0, unchanged: 15 });
  // A try that ended before the newest of `a` came.
  const { Versions = [] } = await place.s3().send(new ListObjectVersionsCommand({ Bucket: other, Prefix: 'a' }));
  await remove('a', other, Versions.find(({ Key, IsLatest }) => Key === 'a' && IsLatest)?.VersionId);
  expect(await giveBack(snapshot)).toMatchObject({ exitCode: 0, objects: 1, unchanged: 14 });
  expect((await versionsIn(other))['a']).toEqual(before['a']);
});

test('what is there of somebody else stays, or gets all of them on top', async () => {
  const snapshot = await fill();
  await keepVersions(other);
  await putObject(place, other, 'a', 'of somebody else');
  expect(await giveBack(snapshot)).toMatchObject({
    exitCode: 3,
    conflicts: { kept: 1, named: [{ key: 'a', action: 'kept' }] },
  });
  expect((await versionsIn(other))['a']).toEqual(['of somebody else']);
  expect(await giveBack(snapshot, '--overwrite', 'always')).toMatchObject({ exitCode: 0, objects: 3 });
  const { Versions = [] } = await place.s3().send(new ListObjectVersionsCommand({ Bucket: other, Prefix: 'a' }));
  expect(Versions.filter(({ Key }) => Key === 'a')).toHaveLength(4);
  expect(await contentOf(other, 'a', undefined)).toBe('third');
});

test('a bucket that keeps no versions gets none of them, and the look says so', async () => {
  await keepVersions(bucket);
  await put('a', 'first');
  await put('a', 'second');
  const snapshot = await protect();
  const refused = await holdfast(['restore', snapshot, '--to-bucket', `s3://${other}`, '--versions', 'all']);
  expect(refused.code).toBe(1);
  expect(refused.error().code).toBe('AWS_DECLINED');
  const args = ['aws', 'restore', 'objects', `s3://${other}`, '--give', snapshot, '--versions', 'all', '--dry-run'];
  const looked = await holdfast(args);
  expect(looked.code).toBe(3);
  expect(looked.json(bucketRunPreviewSchema).checks).toContainEqual(
    expect.objectContaining({ level: 'blocker', id: 'versions' }),
  );
  expect(await versionsIn(other)).toEqual({});
});
