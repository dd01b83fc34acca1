import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bucketRunPreviewSchema } from '../../../shared/contract/bucket-runs.ts';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { restoreRunSchema, runReportSchema } from '../../../shared/contract/restore-runs.ts';
import { awsEnvironment, lendEnvironment } from '../../support/aws-environment.ts';
import { bucket, createBucket, putObject } from '../../support/bucket.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
let place: AwsPlace;
let lent: Disposable;

beforeEach(async () => {
  place = await makeAwsPlace();
  lent = lendEnvironment(awsEnvironment(place));
  place.workspace.init();
  await createBucket(place, bucket);
});
afterEach(async () => {
  lent[Symbol.dispose]();
  await place[Symbol.asyncDispose]();
});

const holdfast = (args: readonly string[]) => place.workspace.here(args);
const objects = (...args: readonly string[]) =>
  holdfast(['aws', 'restore', 'objects', `s3://${bucket}/`, '--json', ...args]);

/** Orders for keys that are there. */
const asked = () =>
  place.aws.log.filter(({ operation, path }) => operation === 'RestoreObject' && !path.includes('holdfast-trial'))
    .length;

async function contentOf(Key: string): Promise<string> {
  const { Body } = await place.s3().send(new GetObjectCommand({ Bucket: bucket, Key }));
  return (await Body?.transformToString()) ?? '';
}

async function protect() {
  const result = await holdfast(['protect', 'photos', '--json']);
  return { code: result.code, ...result.json(protectResultSchema), stderr: result.stderr };
}

describe('what is archived', () => {
  beforeEach(async () => {
    await putObject(place, bucket, 'warm');
    await putObject(place, bucket, 'cold/glacier', 'g'.repeat(1000), { StorageClass: 'GLACIER' });
    await putObject(place, bucket, 'cold/deep', 'd'.repeat(500), { StorageClass: 'DEEP_ARCHIVE' });
    await putObject(place, bucket, 'cold/tiered', 't'.repeat(300), { StorageClass: 'INTELLIGENT_TIERING' });
    await putObject(place, bucket, 'read-often', 'r', { StorageClass: 'INTELLIGENT_TIERING' });
    place.aws.archiveObject(bucket, 'cold/tiered', 'ARCHIVE_ACCESS');
  });

  test('is named when a bucket is protected, and read once it was brought back', async () => {
    expectDone(await holdfast(['source', 'add', 's3-bucket', '--name', 'photos', '--set', `bucket=${bucket}`]));
    const first = await holdfast(['protect', 'photos']);
    expect(first.code).toBe(3);
    for (const key of ['glacier', 'deep', 'tiered']) expect(first.stderr).toContain(`cold%2F/${key}`);

    expectDone(await objects('--thaw', 'standard', '--no-wait'));
    place.aws.clock.advance(13 * hourMs);
    const second = await protect();
    expect(second, second.stderr).toMatchObject({ code: 0, status: 'complete', files: { new: 3, unmodified: 2 } });
    // Their copies go, and what was read of them stays.
    place.aws.clock.advance(8 * dayMs);
    expect(await protect()).toMatchObject({ code: 0, files: { new: 0, unmodified: 5 } });
  });

  test('is looked at first: how much, how long, what is paid for; and nothing is asked for', async () => {
    const preview = expectDone(await objects('--thaw', 'bulk', '--days', '3', '--dry-run')).json(
      bucketRunPreviewSchema,
    );
    expect(preview.archived).toEqual(
      expect.arrayContaining([
        { storageClass: 'GLACIER', objects: 1, bytes: 1000 },
        { storageClass: 'DEEP_ARCHIVE', objects: 1, bytes: 500 },
        { storageClass: 'ARCHIVE_ACCESS', objects: 1, bytes: 300 },
      ]),
    );
    const said = preview.thawSentences.join('\n');
    expect(said).toContain('from Glacier Flexible Retrieval (Bulk): expected in 5 to 12 hours');
    expect(said).toContain('from Deep Archive (Bulk): expected in up to 48 hours');
    expect(said).toContain('goes away by itself after 3 days');
    expect(said).toContain('moves back to its frequent tier');
    expect(asked()).toBe(0);
    // Deep Archive knows no such haste.
    const hasty = await objects('--thaw', 'expedited', '--dry-run');
    expect(hasty.code).toBe(3);
    const { checks } = hasty.json(bucketRunPreviewSchema);
    expect(checks).toContainEqual(expect.objectContaining({ level: 'blocker', id: 'tier DEEP_ARCHIVE' }));
  });

  test('is asked for once, waited for across restarts, and can be read then', async () => {
    const args = ['aws', 'restore', 'objects', `s3://${bucket}/cold/`, '--thaw', 'standard', '--days', '2'];
    const running = place.workspace.startHoldfast(args, { env: awsEnvironment(place) });
    while (asked() < 3) await sleep(20);
    await sleep(500);
    running.signal('SIGKILL');
    await running.finished;
    const [run] = expectDone(await holdfast(['aws', 'restore', 'list', '--json'])).json(restoreRunSchema.array());
    expect(run).toMatchObject({ kind: 'bucket', state: 'interrupted' });
    const id = run?.id ?? '';

    const paused = expectDone(await holdfast(['aws', 'restore', 'resume', id, '--no-wait', '--json']));
    expect(paused.json(runReportSchema).run).toMatchObject({ state: 'paused' });
    place.aws.clock.advance(6 * hourMs);
    const some = expectDone(await holdfast(['aws', 'restore', 'resume', id, '--no-wait', '--json']));
    expect(some.json(runReportSchema).run.steps.find((step) => step.id === 'wait')).toMatchObject({
      state: 'waiting',
      detail: '2 of 3 can be read; S3 works on the others',
    });
    await expect(contentOf('cold/deep')).rejects.toThrow('storage class');

    const resuming = place.workspace.holdfast(['aws', 'restore', 'resume', id, '--json'], {
      env: awsEnvironment(place),
    });
    await sleep(1500);
    place.aws.clock.advance(7 * hourMs);
    const done = expectDone(await resuming).json(runReportSchema);
    expect(done.run).toMatchObject({ state: 'done' });
    expect(asked()).toBe(3);
    expect(await contentOf('cold/glacier')).toBe('g'.repeat(1000));
    expect(await contentOf('cold/deep')).toBe('d'.repeat(500));
    expect(await contentOf('cold/tiered')).toBe('t'.repeat(300));
  });

  test('that is archived again before anybody looked is named, and not paid for a second time', async () => {
    const args = ['--thaw', 'standard', '--days', '1', '--no-wait'];
    const { run } = expectDone(await objects(...args)).json(runReportSchema);
    place.aws.clock.advance(3 * dayMs);
    const resumed = await holdfast(['aws', 'restore', 'resume', run.id, '--json']);
    expect(resumed.code).toBe(3);
    const report = resumed.json(runReportSchema);
    expect(report.run.state).toBe('partial');
    expect(new Set(report.exceptions.map(({ path, code }) => `${path} ${code}`))).toEqual(
      new Set(['cold/deep S3_ARCHIVED', 'cold/glacier S3_ARCHIVED']),
    );
    expect(asked()).toBe(3);
  });

  test('cannot be asked for without the right to it, which the look says', async () => {
    const keys = place.user({ policy: { allow: ['s3:*'], deny: ['s3:RestoreObject'] } });
    const args = ['aws', 'restore', 'objects', `s3://${bucket}/`, '--thaw', 'bulk', '--dry-run', '--json'];
    using _ = lendEnvironment(awsEnvironment(place, keys));
    const looked = await holdfast(args);
    expect(looked.code).toBe(3);
    const { checks } = looked.json(bucketRunPreviewSchema);
    expect(checks).toContainEqual(expect.objectContaining({ level: 'blocker', id: 'thaw' }));
  });
});

test('what goes back to an archive is brought back by the same run', async () => {
  await putObject(place, bucket, 'kept', 'as it was', { StorageClass: 'STANDARD' });
  expectDone(await holdfast(['source', 'add', 's3-bucket', '--name', 'photos', '--set', `bucket=${bucket}`]));
  await putObject(place, bucket, 'cold', 'in the cold', { StorageClass: 'GLACIER' });
  expectDone(await objects('--thaw', 'expedited', '--no-wait'));
  place.aws.clock.advance(hourMs);
  const { snapshot } = await protect();
  place.aws.clock.advance(30 * dayMs);
  const to = 'photos-come-back';
  await createBucket(place, to);
  const args = ['aws', 'restore', 'objects', `s3://${to}/`, '--give', snapshot, '--thaw', 'expedited', '--json'];
  const running = holdfast(args);
  const isAsked = () =>
    place.aws.log.some(({ operation, path }) => operation === 'RestoreObject' && path.includes(`${to}/cold`));
  while (!isAsked()) await sleep(20);
  place.aws.clock.advance(hourMs);
  const report = expectDone(await running).json(runReportSchema);
  expect(report).toMatchObject({ files: 2, verifiedFiles: 2, run: { state: 'done', kind: 'bucket' } });
  const head = await place.s3().send(new HeadObjectCommand({ Bucket: to, Key: 'cold' }));
  expect(head).toMatchObject({
    StorageClass: 'GLACIER',
    Restore: expect.stringContaining('ongoing-request="false"') as string,
  });
});
