/** What is said before a restore in AWS begins: of snapshots that cannot be used, of rights, and of what has changed. */
import {
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DetachVolumeCommand,
  ModifySnapshotAttributeCommand,
  ModifySnapshotTierCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { allVolumes, makeRestorePlace, snapshotOf, type RestorePlace } from '../../support/aws-restore.ts';
import { account, home, launch, otherAccount } from '../../support/sandbox-aws.ts';

const zone = `${home}a`;

async function checksOf(scene: RestorePlace, snapshot: string) {
  const { checks } = await scene.preview({ kind: 'volume', snapshot, zone });
  return checks;
}

async function blockerOf(scene: RestorePlace, snapshot: string): Promise<string> {
  const found = (await checksOf(scene, snapshot)).find(({ level }) => level === 'blocker');
  return `${found?.title ?? 'nothing'}: ${found?.detail ?? ''}`;
}

describe('a native snapshot', () => {
  test('that is pending is said to be so, with its progress', async () => {
    await using scene = await makeRestorePlace();
    const { place } = scene;
    const { data } = await launch(place);
    place.aws.behaveEc2({ snapshotMs: 3_600_000 });
    const snapshot = await snapshotOf(place, data);
    place.aws.clock.advance(1_800_000);
    expect(await blockerOf(scene, snapshot)).toMatch(/is pending: .* 50 % are done/);
  });

  test('that is archived has to be brought back first', async () => {
    await using scene = await makeRestorePlace();
    const { data } = await launch(scene.place);
    const snapshot = await snapshotOf(scene.place, data);
    await scene.place.ec2().send(new ModifySnapshotTierCommand({ SnapshotId: snapshot, StorageTier: 'archive' }));
    expect(await blockerOf(scene, snapshot)).toContain(`${snapshot} is archived`);
  });

  test('that is not there, or in the Recycle Bin, is told apart', async () => {
    await using scene = await makeRestorePlace();
    const { place } = scene;
    const { data } = await launch(place);
    expect(await blockerOf(scene, 'snap-0123456789abcdef0')).toContain('is not there');
    place.aws.behaveEc2({ recycleDays: 7 });
    const SnapshotId = await snapshotOf(place, data);
    await place.ec2().send(new DeleteSnapshotCommand({ SnapshotId }));
    expect(await blockerOf(scene, SnapshotId)).toContain('is in the Recycle Bin');
  });

  test('of another account is missing where it is not shared, and named as theirs where it is', async () => {
    await using scene = await makeRestorePlace();
    const { place } = scene;
    const theirs = place.ec2({ credentials: place.user({}, otherAccount) });
    const { data } = await launch({ ...place, ec2: () => theirs });
    const snapshot = await snapshotOf({ ...place, ec2: () => theirs }, data);
    expect(await blockerOf(scene, snapshot)).toContain('is not there');
    const share = { SnapshotId: snapshot, CreateVolumePermission: { Add: [{ UserId: account }] } };
    await theirs.send(new ModifySnapshotAttributeCommand(share));
    const checks = await checksOf(scene, snapshot);
    expect(checks.filter(({ level }) => level === 'blocker')).toEqual([]);
    expect(checks.find(({ id }) => id === `owner-${snapshot}`)?.detail).toContain(otherAccount);
    expect((await scene.restore({ kind: 'volume', snapshot, zone })).state).toBe('done');
  });

  test('that others have made is restored like our own', async () => {
    await using scene = await makeRestorePlace();
    const { data } = await launch(scene.place);
    const snapshot = await snapshotOf(scene.place, data);
    const Tags = [{ Key: 'dlm:managed', Value: 'true' }];
    await scene.place.ec2().send(new CreateTagsCommand({ Resources: [snapshot], Tags }));
    expect((await scene.restore({ kind: 'volume', snapshot, zone })).state).toBe('done');
  });
});

test('a right that is missing is named before anything is made', async () => {
  await using scene = await makeRestorePlace({ policy: { allow: ['*'], deny: ['ec2:DetachVolume'] } });
  const { place } = scene;
  const { id, data } = await launch(place);
  const snapshot = await snapshotOf(place, data);
  const want = { kind: 'disk', instance: id, device: '/dev/sdf', snapshot, swap: true } as const;
  const { checks } = await scene.preview(want);
  expect(checks.filter(({ level }) => level === 'blocker')).toMatchObject([
    { title: 'The right ec2:DetachVolume is missing' },
  ]);
  await expect(scene.restore(want)).rejects.toMatchObject({ code: 'PREFLIGHT_BLOCKED' });
  expect(scene.changes()).toEqual([]);
});

test('a plan that does not fit any more is not begun', async () => {
  await using scene = await makeRestorePlace();
  const { place } = scene;
  const { id, data } = await launch(place);
  const snapshot = await snapshotOf(place, data);
  const run = await scene.create({ kind: 'disk', instance: id, device: '/dev/sdf', snapshot, swap: true });
  await place.ec2().send(new DetachVolumeCommand({ VolumeId: data }));
  await expect(scene.start(run.id)).rejects.toThrow('Plan it anew');
  expect(scene.changes()).toEqual([]);
});

test('keys of another account do not go on with a run, and without any it waits', async () => {
  await using scene = await makeRestorePlace();
  const { place, client } = scene;
  const { data } = await launch(place);
  const before = await allVolumes(place);
  const run = await scene.create({ kind: 'volume', snapshot: await snapshotOf(place, data), zone });
  const theirs = { run: run.id, aws: { keys: place.user({}, otherAccount) } };
  const drain = async (input: Parameters<typeof client.restoreRuns.start>[0]) => {
    for await (const event of await client.restoreRuns.start(input)) if (event.type === 'done') return;
  };
  await expect(drain(theirs)).rejects.toThrow(`the run is of ${account}`);
  await expect(drain({ run: run.id })).rejects.toMatchObject({ code: 'BAD_USAGE' });
  expect(await allVolumes(place)).toEqual(before);
});

test('no key stands in the run or in what is told of it', async () => {
  await using scene = await makeRestorePlace();
  const { data } = await launch(scene.place);
  const run = await scene.restore({ kind: 'volume', snapshot: await snapshotOf(scene.place, data), zone });
  const told = JSON.stringify([run, await scene.client.restoreRuns.report({ run: run.id })]);
  expect(told).not.toContain(scene.keys.secretAccessKey);
  expect(told).not.toContain(scene.keys.accessKeyId);
});

test('what AWS would refuse is said by the trial', async () => {
  await using scene = await makeRestorePlace();
  const { place } = scene;
  const { data } = await launch(place);
  const snapshot = await snapshotOf(place, data);
  const refused = { status: 400, code: 'Unsupported', message: 'DryRun is not known here' };
  using _ = place.aws.fault({ operation: 'CreateVolume' }, { refuse: refused });
  const { checks } = await scene.preview({ kind: 'volume', snapshot, zone });
  expect(checks).toContainEqual(expect.objectContaining({ level: 'blocker', id: 'trial-volume' }));
});
