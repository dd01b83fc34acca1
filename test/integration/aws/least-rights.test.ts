/** What the smallest policies are enough for, the very documents that are pasted; and that nothing in them can be left out. */
import { DeleteObjectCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { CreateSnapshotCommand, CreateTagsCommand, DeleteSnapshotCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { UserOptions } from '../../../electron/sandbox/aws/options.ts';
import { nativesSchema } from '../../../shared/contract/native.ts';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { policyFor } from '../../../shared/model/aws-policies.ts';
import { bucket, createBucket, putObject } from '../../support/bucket.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeNativeScene, type NativeScene } from '../../support/native-scene.ts';
import { home, launch, makeAwsPlace, refusal, type AwsPlace } from '../../support/sandbox-aws.ts';
import { snapshotListSchema } from '../../support/snapshot-list.ts';

const away = 'us-east-1';
const policy = policyFor('protect', { buckets: [], regions: [home, away] });

/** Two looks, the second when AWS is done with what the first has asked for. */
async function looked(scene: NativeScene) {
  await scene.done('aws', 'snapshots', 'web');
  scene.aws.clock.advance(60_000);
  const found = await scene.done('aws', 'snapshots', 'web', '--json');
  return found.json(nativesSchema);
}

test('taking, describing, locking and copying go with the policy to protect alone', async () => {
  await using scene = await makeNativeScene({ user: { policy } });
  const { id } = await launch(scene, { UserData: 'Zm9v' });
  await scene.addSource('web', `instance=${id}`, `copy=${away},keep=1d`, 'lock=governance:1d');
  const { stderr } = await scene.done('protect', 'web');
  expect(stderr).not.toMatch(/authorized/);
  scene.aws.clock.advance(60_000);
  const found = await looked(scene);
  expect(found.problems).toEqual([]);
  expect(found.snapshots.filter(({ region }) => region === away)).toHaveLength(2);
  expect(found.snapshots.filter(({ region, lock }) => region === home && lock !== null)).toHaveLength(2);
  expect((await scene.done('snapshots', '--json')).json(snapshotListSchema)).toMatchObject([{ status: 'complete' }]);
});

test('so does removing what has expired', async () => {
  await using scene = await makeNativeScene({ user: { policy } });
  const { id } = await launch(scene);
  await scene.addSource('web', `instance=${id}`);
  for (let run = 0; run < 2; run++) {
    await scene.done('protect', 'web');
    await looked(scene);
  }
  const [first] = (await scene.done('snapshots', '--json'))
    .json(snapshotListSchema)
    .toSorted((a, b) => (a.takenAt < b.takenAt ? -1 : 1));
  await scene.done('forget', first?.id ?? '');
  const later = { ...scene.env, HOLDFAST_TEST_CLOCK_DAYS: '2' };
  scene.aws.skew(2 * 86_400_000);
  const inTwoDays = async (...args: string[]) => expectDone(await scene.workspace.holdfast(args, { env: later }));
  await inTwoDays('clock', 'confirm');
  const { stderr } = await inTwoDays('aws', 'snapshots', 'web');
  scene.aws.skew(0);
  expect(stderr).not.toMatch(/authorized/);
  expect(await scene.snapshots()).toHaveLength(2);
});

test('of tags, only those are let that say how a snapshot of ours went', async () => {
  await using scene = await makeNativeScene({ user: { policy } });
  const { id, data } = await launch(scene);
  await scene.addSource('web', `instance=${id}`);
  await scene.done('protect', 'web');
  const [ours] = await scene.snapshots();
  const { SnapshotId: theirs = '' } = await scene.ec2().send(new CreateSnapshotCommand({ VolumeId: data }));
  const ec2 = scene.ec2({ credentials: { ...scene.asking } });
  const tagging = (Key: string, Resource = '') =>
    refusal(ec2.send(new CreateTagsCommand({ DryRun: true, Resources: [Resource], Tags: [{ Key, Value: 'x' }] })));
  expect(await tagging('holdfast:consistency', ours?.SnapshotId)).toMatchObject({ code: 'DryRunOperation' });
  expect(await tagging('holdfast:source', ours?.SnapshotId)).toMatchObject({ code: 'UnauthorizedOperation' });
  expect(await tagging('holdfast:consistency', theirs)).toMatchObject({ code: 'UnauthorizedOperation' });
  const removing = ec2.send(new DeleteSnapshotCommand({ SnapshotId: theirs, DryRun: true }));
  expect(await refusal(removing)).toMatchObject({ code: 'UnauthorizedOperation' });
});

describe('giving back to a bucket', () => {
  const other = 'photos-come-back';
  const permitted = policyFor('give-back', { buckets: [other], regions: [home] });
  // Only what goes on after a kill asks for the parts that are there: that it takes this right is tested there.
  const isTried = (action: string) => action.startsWith('s3:') && action !== 's3:ListMultipartUploadParts';
  const rights = permitted.Statement.flatMap(({ Action }) => Action).filter(isTried);
  let place: AwsPlace;
  let snapshot: string;

  beforeAll(async () => {
    place = await makeAwsPlace();
    place.workspace.init();
    for (const Bucket of [bucket, other]) {
      await createBucket(place, Bucket);
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await place.s3().send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    }
    await putObject(place, bucket, 'tagged', 'words', { Tagging: 'team=ops' });
    await putObject(place, bucket, 'there-already');
    await putObject(place, bucket, 'deleted');
    await place.s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'deleted' }));
    const properties = [`bucket=${bucket}`, 'versions=yes'].flatMap((one) => ['--set', one]);
    expectDone(await as(place.keys, 'source', 'add', 's3-bucket', '--name', 'photos', ...properties));
    const protect = expectDone(await as(place.keys, 'protect', 'photos', '--json'));
    snapshot = protect.json(protectResultSchema).snapshot;
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await place[Symbol.asyncDispose]();
  });

  const as = (keys: AwsPlace['keys'], ...args: string[]) => {
    const env = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };
    const where = { AWS_REGION: home, AWS_ENDPOINT_URL: place.aws.endpoint };
    for (const [name, value] of Object.entries({ ...env, ...where })) vi.stubEnv(name, value);
    return place.workspace.here(args);
  };
  const giveBack = async (given: NonNullable<UserOptions['policy']>, to: string) => {
    await putObject(place, other, `${to}/there-already`, 'there-already');
    await putObject(place, other, `${to}/archived`, 'cold', { StorageClass: 'GLACIER' });
    const words = ['objects', `s3://${other}/${to}/`, '--give', snapshot, '--versions', 'all', '--thaw', 'bulk'];
    return as(place.user({ policy: given }), 'aws', 'restore', ...words, '--no-wait');
  };

  test.each(['nothing', ...rights])('needs all of the policy to paste, and no more: without %s', async (left) => {
    const Statement = permitted.Statement.map((one) => ({
      ...one,
      Action: one.Action.filter((each) => each !== left),
    }));
    const isAll = left === 'nothing';
    const result = await giveBack({ ...permitted, Statement }, left.replace(':', '-'));
    expect(/AccessDenied|AWS_FORBIDDEN|PREFLIGHT_BLOCKED/.test(result.stderr), result.stderr).toBe(!isAll);
    if (isAll) expectDone(result);
  });
});
