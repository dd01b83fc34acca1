/** Protecting as an identity that has the smallest policy to protect, and nothing else: the very document that is pasted. */
import { CreateSnapshotCommand, CreateTagsCommand, DeleteSnapshotCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { nativesSchema } from '../../../shared/contract/native.ts';
import { policyFor } from '../../../shared/model/aws-policies.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeNativeScene, type NativeScene } from '../../support/native-scene.ts';
import { home, launch, refusal } from '../../support/sandbox-aws.ts';
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
