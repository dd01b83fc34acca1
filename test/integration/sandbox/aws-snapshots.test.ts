import {
  CopySnapshotCommand,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeLockedSnapshotsCommand,
  DescribeSnapshotsCommand,
  ListSnapshotsInRecycleBinCommand,
  LockSnapshotCommand,
  ModifySnapshotAttributeCommand,
  ModifySnapshotTierCommand,
  RegisterImageCommand,
  RestoreSnapshotFromRecycleBinCommand,
  UnlockSnapshotCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { account, home, launch, makeAwsPlace, otherAccount, refusal } from '../../support/sandbox-aws.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const there = 'us-east-1';

async function take(ec2: EC2Client, VolumeId: string) {
  const { SnapshotId = '' } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  return SnapshotId;
}

async function shown(ec2: EC2Client, id: string) {
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }));
  return Snapshots[0];
}

test('a snapshot is pending with its progress, and holds what was there when it was asked for', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const ec2 = place.ec2();
  const { data } = await launch(place);
  aws.behaveEc2({ snapshotMs: 4 * hourMs });
  await aws.ec2.writeBlock(home, data, 3, Buffer.from('before'));
  const id = await take(ec2, data);
  await aws.ec2.writeBlock(home, data, 3, Buffer.from('after'));
  expect(await shown(ec2, id)).toMatchObject({ State: 'pending', Progress: '0%', VolumeId: data, VolumeSize: 2 });
  aws.clock.advance(hourMs);
  expect(await shown(ec2, id)).toMatchObject({ State: 'pending', Progress: '25%' });
  const make = () => ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${home}a`, SnapshotId: id }));
  expect(await refusal(make())).toEqual({ code: 'IncorrectState', status: 400 });
  aws.clock.advance(3 * hourMs);
  expect(await shown(ec2, id)).toMatchObject({ State: 'completed', Progress: '100%' });
  const { VolumeId = '' } = await make();
  const block = await aws.ec2.readBlock(home, VolumeId, 3);
  expect(block?.subarray(0, 6).toString()).toBe('before');
});

test('snapshots of an instance are of all its volumes, but those that are left out', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  const {
    id: InstanceId,
    root,
    data,
  } = await launch(place, {
    TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'of', Value: 'volume' }] }],
  });
  const of = async (more: object, input: object = {}) => {
    const command = new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId, ...more }, ...input });
    return (await ec2.send(command)).Snapshots;
  };
  const TagSpecifications = [{ ResourceType: 'snapshot', Tags: [{ Key: 'mine', Value: '1' }] }] as const;
  const all = await of({}, { CopyTagsFromSource: 'volume', TagSpecifications });
  expect(all).toMatchObject([{ VolumeId: root, State: 'pending' }, { VolumeId: data }]);
  expect(all?.[0]?.Tags).toEqual([
    { Key: 'of', Value: 'volume' },
    { Key: 'mine', Value: '1' },
  ]);
  expect(await of({ ExcludeBootVolume: true })).toMatchObject([{ VolumeId: data, Tags: [] }]);
  expect(await of({ ExcludeDataVolumeIds: [data] })).toMatchObject([{ VolumeId: root }]);
  expect(await refusal(of({ ExcludeDataVolumeIds: [root] }))).toMatchObject({ code: 'InvalidParameterValue' });
});

test('only so many snapshots of a volume are pending at once', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  const { data } = await launch(place);
  for (let times = 0; times < 5; times++) await take(ec2, data);
  expect(await refusal(take(ec2, data))).toEqual({ code: 'ConcurrentSnapshotLimitExceeded', status: 400 });
  place.aws.clock.advance(minuteMs);
  await take(ec2, data);
});

test('of snapshots, an unknown one is an error, and one that may not be seen is silently missing', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  const other = place.ec2({ credentials: { ...place.user({}, otherAccount) } });
  const { data } = await launch(place);
  const id = await take(ec2, data);
  const ask = async (client: EC2Client, SnapshotIds: string[]) =>
    (await client.send(new DescribeSnapshotsCommand({ SnapshotIds }))).Snapshots;
  expect(await refusal(ask(ec2, ['snap-0123456789abcdef0']))).toEqual({
    code: 'InvalidSnapshot.NotFound',
    status: 400,
  });
  expect(await refusal(ask(ec2, ['snap-x']))).toEqual({ code: 'InvalidSnapshotID.Malformed', status: 400 });
  expect(await ask(other, [id])).toEqual([]);
  const Add = [{ UserId: otherAccount }];
  await ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId: id, CreateVolumePermission: { Add } }));
  expect(await ask(other, [id])).toMatchObject([{ SnapshotId: id, OwnerId: account }]);
  const own = await other.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  expect(own.Snapshots).toEqual([]);
  const all = await ec2.send(new DescribeSnapshotsCommand());
  expect(all.Snapshots?.some(({ OwnerId }) => OwnerId !== account)).toBe(true);
});

test('snapshots come page by page, and by filters', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const ec2 = place.ec2();
  const { data } = await launch(place);
  for (let times = 0; times < 7; times++) {
    aws.clock.advance(minuteMs);
    const Tags = [{ Key: 'n', Value: `n${times}` }];
    await ec2.send(
      new CreateSnapshotCommand({ VolumeId: data, TagSpecifications: [{ ResourceType: 'snapshot', Tags }] }),
    );
  }
  const page = { OwnerIds: ['self'], MaxResults: 5 };
  const first = await ec2.send(new DescribeSnapshotsCommand(page));
  const second = await ec2.send(new DescribeSnapshotsCommand({ ...page, NextToken: first.NextToken }));
  expect([first.Snapshots?.length, second.Snapshots?.length, second.NextToken]).toEqual([5, 2, undefined]);
  const by = async (Name: string, ...Values: string[]) =>
    (await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: [{ Name, Values }] }))).Snapshots
      ?.length;
  expect(await by('tag:n', 'n3', 'n[45]', 'n?')).toBe(7);
  expect(await by('tag:n', 'n3', 'n4')).toBe(2);
  expect(await by('tag-key', 'm')).toBe(0);
  expect(await by('status', 'pending')).toBe(1);
  expect(await refusal(by('colour', 'blue'))).toEqual({ code: 'InvalidParameterValue', status: 400 });
  const [named] = first.Snapshots ?? [];
  const both = new DescribeSnapshotsCommand({ SnapshotIds: [named?.SnapshotId ?? ''], MaxResults: 5 });
  expect(await refusal(ec2.send(both))).toEqual({ code: 'InvalidParameterCombination', status: 400 });
});

test('a copy is asked for where it goes; its volume means nothing, and tags come only when given', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const { data } = await launch(place);
  const id = await take(place.ec2(), data);
  const far = place.ec2({ region: there });
  const copy = (more: object = {}) =>
    far.send(new CopySnapshotCommand({ SourceRegion: home, SourceSnapshotId: id, ...more }));
  expect(await refusal(copy())).toEqual({ code: 'IncorrectState', status: 400 });
  aws.clock.advance(minuteMs);
  const { SnapshotId = '' } = await copy();
  expect(await shown(far, SnapshotId)).toMatchObject({ VolumeId: 'vol-ffffffff', State: 'pending', Tags: [] });
  const TagSpecifications = [{ ResourceType: 'snapshot', Tags: [{ Key: 'of', Value: data }] }] as const;
  const tagged = await copy({ TagSpecifications });
  expect(await shown(far, tagged.SnapshotId ?? '')).toMatchObject({ Tags: [{ Key: 'of', Value: data }] });
});

test('a copy with a bad key looks fine and fails later', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const { data } = await launch(place);
  const id = await take(place.ec2(), data);
  aws.clock.advance(minuteMs);
  const far = place.ec2({ region: there });
  const copy = async (KmsKeyId: string) => {
    const input = { SourceRegion: home, SourceSnapshotId: id, Encrypted: true, KmsKeyId };
    return (await far.send(new CopySnapshotCommand(input))).SnapshotId ?? '';
  };
  const [bad, good] = [await copy(aws.kms.add(account, home)), await copy(aws.kms.add(account, there))];
  expect(await shown(far, bad)).toMatchObject({ State: 'pending' });
  aws.clock.advance(minuteMs);
  expect(await shown(far, bad)).toMatchObject({ State: 'error', StateMessage: 'Given key ID is not accessible' });
  expect(await shown(far, good)).toMatchObject({ State: 'completed', Encrypted: true });
});

test('only so many snapshots are copied into a region at once', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  aws.behaveEc2({ copiesAtOnce: 2 });
  const { data } = await launch(place);
  const id = await take(place.ec2(), data);
  aws.clock.advance(minuteMs);
  const far = place.ec2({ region: there });
  const copy = () => far.send(new CopySnapshotCommand({ SourceRegion: home, SourceSnapshotId: id }));
  await copy();
  await copy();
  expect(await refusal(copy())).toEqual({ code: 'ResourceLimitExceeded', status: 400 });
  aws.clock.advance(minuteMs);
  await copy();
});

test('the snapshot of an image is in use until the image is deregistered', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  const { root } = await launch(place);
  const SnapshotId = await take(ec2, root);
  place.aws.clock.advance(minuteMs);
  const BlockDeviceMappings = [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId } }];
  const { ImageId } = await ec2.send(
    new RegisterImageCommand({ Name: 'own', RootDeviceName: '/dev/xvda', BlockDeviceMappings }),
  );
  const remove = () => ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  expect(await refusal(remove())).toEqual({ code: 'InvalidSnapshot.InUse', status: 400 });
  await ec2.send(new DeregisterImageCommand({ ImageId }));
  await remove();
  expect(await refusal(shown(ec2, SnapshotId))).toMatchObject({ code: 'InvalidSnapshot.NotFound' });
});

test('what is deleted lies in the Recycle Bin for a while, and comes back from it', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const ec2 = place.ec2();
  aws.behaveEc2({ recycleDays: 3 });
  const { data } = await launch(place);
  const SnapshotId = await take(ec2, data);
  aws.clock.advance(minuteMs);
  const remove = () => ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  const bin = async () => (await ec2.send(new ListSnapshotsInRecycleBinCommand())).Snapshots;
  await remove();
  expect(await refusal(shown(ec2, SnapshotId))).toMatchObject({ code: 'InvalidSnapshot.NotFound' });
  expect(await bin()).toMatchObject([{ SnapshotId, VolumeId: data }]);
  await ec2.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId }));
  expect(await shown(ec2, SnapshotId)).toMatchObject({ State: 'completed' });
  await remove();
  aws.clock.advance(4 * dayMs);
  expect(await bin()).toEqual([]);
});

test('governance can be lifted, compliance only while it cools off, and neither is deleted', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const ec2 = place.ec2();
  const { data } = await launch(place);
  const SnapshotId = await take(ec2, data);
  aws.clock.advance(minuteMs);
  const lock = (LockMode: 'governance' | 'compliance', more: object) =>
    ec2.send(new LockSnapshotCommand({ SnapshotId, LockMode, ...more }));
  const unlock = () => ec2.send(new UnlockSnapshotCommand({ SnapshotId }));
  const remove = () => ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  const state = async () => (await ec2.send(new DescribeLockedSnapshotsCommand())).Snapshots?.[0]?.LockState;
  expect(await refusal(lock('governance', { LockDuration: 36_501 }))).toMatchObject({ code: 'InvalidParameterValue' });
  expect(await lock('governance', { LockDuration: 30 })).toMatchObject({ LockState: 'governance', LockDuration: 30 });
  expect((await refusal(remove())).status).toBe(400);
  await unlock();
  await lock('compliance', { LockDuration: 30, CoolOffPeriod: 72 });
  expect(await state()).toBe('compliance-cooloff');
  await unlock();
  await lock('compliance', { LockDuration: 30, CoolOffPeriod: 1 });
  aws.clock.advance(2 * hourMs);
  expect(await state()).toBe('compliance');
  expect(await refusal(unlock())).toEqual({ code: 'OperationNotPermitted', status: 400 });
  expect(await refusal(lock('governance', { LockDuration: 60 }))).toMatchObject({ code: 'OperationNotPermitted' });
  expect((await refusal(remove())).status).toBe(400);
  await lock('compliance', { LockDuration: 60, CoolOffPeriod: 72 });
  expect(await state()).toBe('compliance');
  aws.clock.advance(61 * dayMs);
  expect(await state()).toBe('expired');
  await remove();
});

test('an archived snapshot cannot be used', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  const { data } = await launch(place);
  const SnapshotId = await take(ec2, data);
  place.aws.clock.advance(minuteMs);
  await ec2.send(new ModifySnapshotTierCommand({ SnapshotId, StorageTier: 'archive' }));
  expect(await shown(ec2, SnapshotId)).toMatchObject({ StorageTier: 'archive' });
  const make = new CreateVolumeCommand({ AvailabilityZone: `${home}a`, SnapshotId });
  expect(await refusal(ec2.send(make))).toEqual({ code: 'IncorrectState', status: 400 });
});
