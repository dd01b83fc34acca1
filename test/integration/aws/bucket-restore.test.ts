import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
} from '@aws-sdk/client-s3';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bucketRestoreResultSchema, keysRestoreResultSchema } from '../../../shared/contract/buckets.ts';
import { policyFor } from '../../../shared/model/aws-policies.ts';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { awsEnvironment, lendEnvironment } from '../../support/aws-environment.ts';
import { bucket, putObject, createBucket } from '../../support/bucket.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { noise } from '../../support/odd-tree.ts';
import { home, makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';

const mib = 1024 * 1024;
const other = 'photos-come-back';
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

const holdfast = (args: readonly string[]) => place.workspace.here(['--json', ...args]);

async function protect(): Promise<string> {
  const added = await holdfast(['source', 'add', 's3-bucket', '--name', 'photos', '--set', `bucket=${bucket}`]);
  expect(added.stderr).toBe('');
  const result = await holdfast(['protect', 'photos']);
  expect(result.code, result.stderr + result.stdout).toBe(0);
  return result.json(protectResultSchema).snapshot;
}

/** As who may no more than the policy to paste says. */
const permitted = () => ({ policy: policyFor('give-back', { buckets: [other], regions: [home] }) });

async function giveBack(snapshot: string, more: readonly string[] = [], to = other) {
  const result = await holdfast(['restore', snapshot, '--to-bucket', `s3://${to}`, ...more]);
  return { exitCode: result.code, ...result.json(bucketRestoreResultSchema) };
}

async function keysOf(Bucket: string): Promise<string[]> {
  const { Contents = [] } = await place.s3().send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }));
  return Contents.map(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', ' ')));
}

async function contentOf(Bucket: string, Key: string): Promise<Buffer> {
  const { Body } = await place.s3().send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** Of uploads that are under way. */
async function partsIn(Bucket: string): Promise<number> {
  const { Uploads = [] } = await place.s3().send(new ListMultipartUploadsCommand({ Bucket }));
  const parts = Uploads.map(async ({ Key, UploadId }) => {
    const { Parts = [] } = await place.s3().send(new ListPartsCommand({ Bucket, Key, UploadId }));
    return Parts.length;
  });
  return (await Promise.all(parts)).reduce((sum, count) => sum + count, 0);
}

test('objects under their keys come into no home of Holdfast and into no repository, wherever keys and links lead', async () => {
  const { workspace } = place;
  const own = join(workspace.home, 'holdfast');
  for (const key of ['sessions', `${basename(own)}/sessions`]) await putObject(place, bucket, key, 'of an attacker');
  const snapshot = await protect();
  const sessions = join(own, 'sessions');
  writeFileSync(sessions, 'ours');
  const link = workspace.path('link');
  symlinkSync(own, link);
  const give = (to: string) => holdfast(['restore', snapshot, '--to', to, '--exact-keys', '--overwrite', 'always']);
  for (const to of [own, link, join(link, 'new'), workspace.repository]) {
    const result = await give(to);
    expect(result.stdout + result.stderr, to).toContain('TARGET_UNUSABLE');
    expect(result.code, to).toBe(2);
  }
  const above = await give(dirname(own));
  expect(above.code).toBe(3);
  expect(above.json(keysRestoreResultSchema).issues).toMatchObject([
    { path: `${basename(own)}/sessions`, code: 'TARGET_UNUSABLE' },
  ]);
  expect(readFileSync(sessions, 'utf8')).toBe('ours');
  expect(readFileSync(join(dirname(own), 'sessions'), 'utf8')).toBe('of an attacker');
});

describe('objects', () => {
  test('come back with their content, metadata, tags and class, and a second restore finds them unchanged', async () => {
    const large = noise(17 * mib + 3, 'large');
    await putObject(place, bucket, 'a/notes.txt', 'words', {
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      Metadata: { colour: 'blue' },
      Tagging: 'team=ops&cost%20centre=7%2B1',
      StorageClass: 'STANDARD_IA',
    });
    await putObject(place, bucket, 'large', large);
    await putObject(place, bucket, 'empty', '');
    const snapshot = await protect();
    expect(await giveBack(snapshot)).toMatchObject({
      exitCode: 0,
      objects: 3,
      verified: 3,
      issues: [],
      notGivenBack: [],
    });

    expect(await keysOf(other)).toEqual(['a/notes.txt', 'empty', 'large']);
    expect((await contentOf(other, 'large')).equals(large)).toBe(true);
    const head = await place.s3().send(new HeadObjectCommand({ Bucket: other, Key: 'a/notes.txt' }));
    expect(head).toMatchObject({
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      Metadata: { colour: 'blue' },
      StorageClass: 'STANDARD_IA',
    });
    const tags = await place.s3().send(new GetObjectTaggingCommand({ Bucket: other, Key: 'a/notes.txt' }));
    expect(tags.TagSet).toEqual([
      { Key: 'team', Value: 'ops' },
      { Key: 'cost centre', Value: '7+1' },
    ]);
    // Also the large one, which came in one piece and went in parts.
    expect(await giveBack(snapshot)).toMatchObject({ exitCode: 0, objects: 0, unchanged: 3 });
  });

  test('in the way are kept, replaced where they differ, or all replaced, as was asked', async () => {
    for (const key of ['a', 'b', 'c']) await putObject(place, bucket, key, `${key} then`);
    const snapshot = await protect();
    await putObject(place, other, 'a', 'a then');
    await putObject(place, other, 'b', 'b of somebody else');
    const dry = await giveBack(snapshot, ['--dry-run']);
    expect(dry).toMatchObject({ exitCode: 3, objects: 1, unchanged: 1, conflicts: { kept: 1 } });
    expect(await keysOf(other)).toEqual(['a', 'b']);

    const kept = await giveBack(snapshot);
    expect(kept).toMatchObject({
      exitCode: 3,
      objects: 1,
      conflicts: { kept: 1, named: [{ key: 'b', action: 'kept' }] },
    });
    expect((await contentOf(other, 'b')).toString()).toBe('b of somebody else');

    const changed = await giveBack(snapshot, ['--overwrite', 'if-changed']);
    expect(changed).toMatchObject({ exitCode: 0, objects: 1, unchanged: 2, conflicts: { kept: 0, replaced: 1 } });
    expect((await contentOf(other, 'b')).toString()).toBe('b then');
    expect(await giveBack(snapshot, ['--overwrite', 'always'])).toMatchObject({ objects: 3, unchanged: 0 });
  });

  test('written to after the snapshot are said to be newer before they are replaced in the same bucket', async () => {
    await putObject(place, bucket, 'a', 'then');
    const snapshot = await protect();
    place.aws.clock.advance(5_000);
    await putObject(place, bucket, 'a', 'later');
    const dry = await giveBack(snapshot, ['--overwrite', 'always', '--dry-run'], bucket);
    expect(dry.conflicts).toMatchObject({ replaced: 1, newer: 1, named: [{ key: 'a', newer: true }] });
    expect((await contentOf(bucket, 'a')).toString()).toBe('later');
  });

  test('are chosen by what their keys begin with, and go below a prefix', async () => {
    for (const key of ['a/1', 'a/2', 'b/1', 'ab']) await putObject(place, bucket, key);
    const snapshot = await protect();
    expect(await giveBack(`${snapshot}:a/`, [], `${other}/back/`)).toMatchObject({ objects: 2 });
    expect(await keysOf(other)).toEqual(['back/a/1', 'back/a/2']);
  });
});

describe('any keys', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '/',
    '//',
    '.',
    '..',
    '%',
    '%2F',
    '+',
    ' ',
    'ü',
    '\u0001',
    '\n',
    '\u{1f600}',
    '~',
    '%+',
    'x'.repeat(300),
  );
  const key = fc
    .array(piece, { minLength: 1, maxLength: 12 })
    .map((pieces) => pieces.join(''))
    .filter((text) => Buffer.byteLength(text) <= 1024 && !/^\.{1,2}$|^\/?\.\.?(?:\/|$)/.test(text));

  test('come back exactly', async () => {
    const odd = [
      'a',
      'a/',
      'a/b',
      'a//b',
      'a/../b',
      'b/..',
      'c/',
      '/',
      '//',
      `${'k'.repeat(1023)}/`,
      'x'.repeat(1024),
      'tab\tnew\nline',
      'a+b c%20d',
    ];
    const drawn = fc.sample(key, { numRuns: 60, seed: 20_310 });
    const keys = [...new Set([...odd, ...drawn])].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const one of keys) await putObject(place, bucket, one, `of ${one}`);
    const there = await keysOf(bucket);
    expect(there).toEqual(keys);
    const snapshot = await protect();
    expect(await giveBack(snapshot)).toMatchObject({ exitCode: 0, objects: keys.length, issues: [] });
    expect(await keysOf(other)).toEqual(keys);
    for (const one of odd) expect((await contentOf(other, one)).toString()).toBe(`of ${one}`);
  });
});

describe('a store that fails', () => {
  test('now and then is asked again, and nothing is lost', async () => {
    for (let at = 0; at < 40; at++) await putObject(place, bucket, `folder/${at}`, noise(at * 1000, `${at}`));
    await putObject(place, bucket, 'large', noise(17 * mib, 'large'));
    const everywhere = { service: 's3' } as const;
    place.aws.fault(everywhere, 'internal-error', { chance: 0.05 });
    place.aws.fault(everywhere, 'reset', { chance: 0.02 });
    place.aws.fault({ ...everywhere, operation: 'GetObject' }, { resetAfterBytes: 500 }, { chance: 0.05 });
    place.aws.fault({ ...everywhere, operation: 'GetObject' }, { truncateAfterBytes: 700 }, { chance: 0.05 });
    const snapshot = await protect();
    expect(await giveBack(snapshot)).toMatchObject({ exitCode: 0, objects: 41, verified: 41 });
  });
});

describe('a restore that is killed', () => {
  test('goes on with its uploads, and leaves none behind', async () => {
    const large = noise(33 * mib, 'large');
    await putObject(place, bucket, 'large', large);
    const snapshot = await protect();
    // From the third part on, nothing is answered in time.
    const stalled = place.aws.fault(
      { service: 's3', operation: 'UploadPart', path: /partNumber=[3-9]/ },
      { delayMs: 600_000 },
    );
    const args = ['restore', snapshot, '--to-bucket', `s3://${other}`];
    const running = place.workspace.startHoldfast(args, { env: awsEnvironment(place) });
    while ((await partsIn(other)) < 2) await sleep(50);
    running.signal('SIGKILL');
    await running.finished;
    stalled[Symbol.dispose]();
    const before = place.aws.log.length;
    const env = awsEnvironment(place, place.user(permitted()));
    expect(expectDone(await place.workspace.holdfast(args, { env })).stderr).not.toMatch(/not authorized/);
    const after = place.aws.log.slice(before).map(({ operation }) => operation);
    expect(after).toContain('ListParts');
    expect(after).not.toContain('CreateMultipartUpload');
    expect(after.filter((operation) => operation === 'UploadPart').length).toBeLessThan(3);
    expect((await contentOf(other, 'large')).equals(large)).toBe(true);
    const { Uploads = [] } = await place.s3().send(new ListMultipartUploadsCommand({ Bucket: other }));
    expect(Uploads).toEqual([]);
  });
});
