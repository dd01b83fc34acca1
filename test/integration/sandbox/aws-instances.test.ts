import {
  AttachVolumeCommand,
  CreateReplaceRootVolumeTaskCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteTagsCommand,
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeKeyPairsCommand,
  DescribeReplaceRootVolumeTasksCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  DetachVolumeCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { account, home, launch, makeAwsPlace, otherAccount, refusal } from '../../support/sandbox-aws.ts';

const minuteMs = 60_000;
const zone = `${home}a`;

async function shown(ec2: EC2Client, id: string) {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations[0]?.Instances?.[0];
}

async function volume(ec2: EC2Client, id: string) {
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }));
  return Volumes[0];
}

test('an instance is described with all that another like it needs', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  place.aws.ec2.addKeyPair(home, account, 'door');
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand());
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand());
  const SubnetId = Subnets[1]?.SubnetId ?? '';
  const UserData = Buffer.from('#!/bin/sh\n').toString('base64');
  const { id, root, data } = await launch(place, {
    SubnetId,
    KeyName: 'door',
    UserData,
    IamInstanceProfile: { Name: 'reader' },
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web' }] }],
  });
  expect(await shown(ec2, id)).toMatchObject({
    State: { Name: 'running', Code: 16 },
    InstanceType: 't3.micro',
    SubnetId,
    KeyName: 'door',
    Placement: { AvailabilityZone: Subnets[1]?.AvailabilityZone },
    SecurityGroups: [{ GroupId: SecurityGroups[0]?.GroupId }],
    IamInstanceProfile: { Arn: `arn:aws:iam::${account}:instance-profile/reader` },
    RootDeviceName: '/dev/xvda',
    BlockDeviceMappings: [
      { DeviceName: '/dev/xvda', Ebs: { VolumeId: root, DeleteOnTermination: true } },
      { DeviceName: '/dev/sdf', Ebs: { VolumeId: data, DeleteOnTermination: false } },
    ],
    NetworkInterfaces: [{ PrivateIpAddresses: [{ Primary: true }] }],
    Tags: [{ Key: 'Name', Value: 'web' }],
  });
  const attribute = await ec2.send(new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' }));
  expect(attribute.UserData?.Value).toBe(UserData);
  const byTag = {
    Filters: [
      { Name: 'tag:Name', Values: ['w*'] },
      { Name: 'instance-state-name', Values: ['running'] },
    ],
  };
  expect((await ec2.send(new DescribeInstancesCommand(byTag))).Reservations).toHaveLength(1);
});

test('the same token launches once, and refuses other words', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  const ImageId = place.aws.ec2.addPublicImage(home, 'plain');
  const run = async (more: Partial<RunInstancesCommandInput> = {}) => {
    const input = { ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, ClientToken: 'once' } as const;
    return (await ec2.send(new RunInstancesCommand({ ...input, ...more }))).Instances?.[0]?.InstanceId;
  };
  const first = await run();
  expect(await run()).toBe(first);
  expect(await refusal(run({ InstanceType: 'm5.large' }))).toEqual({
    code: 'IdempotentParameterMismatch',
    status: 400,
  });
  expect(await run({ ClientToken: 'twice' })).not.toBe(first);
  expect(await refusal(run({ ClientToken: 'a', KeyName: 'lost' }))).toMatchObject({ code: 'InvalidKeyPair.NotFound' });
  const away = { ClientToken: 'b', SubnetId: 'subnet-0123456789abcdef0' };
  expect(await refusal(run(away))).toMatchObject({ code: 'InvalidSubnetID.NotFound' });
  const odd = { ClientToken: 'c', InstanceType: 'x9.huge' } as unknown as Partial<RunInstancesCommandInput>;
  expect(await refusal(run(odd))).toMatchObject({ code: 'InvalidParameterValue' });
});

test('what was made is not seen at once where AWS takes its time', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  place.aws.behaveEc2({ lagMs: 5 * minuteMs });
  const { id, data } = await launch(place);
  expect(await refusal(shown(ec2, id))).toEqual({ code: 'InvalidInstanceID.NotFound', status: 400 });
  const take = () => ec2.send(new CreateSnapshotCommand({ VolumeId: data }));
  expect(await refusal(take())).toEqual({ code: 'InvalidVolume.NotFound', status: 400 });
  expect((await ec2.send(new DescribeInstancesCommand())).Reservations).toEqual([]);
  place.aws.clock.advance(5 * minuteMs);
  expect(await shown(ec2, id)).toMatchObject({ InstanceId: id });
  await take();
});

test('an instance goes from state to state, and takes its root with it', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  const { id, root, data } = await launch(place);
  const InstanceIds = [id];
  const stop = () => ec2.send(new StopInstancesCommand({ InstanceIds }));
  expect((await stop()).StoppingInstances).toMatchObject([
    { CurrentState: { Name: 'stopping' }, PreviousState: { Name: 'running' } },
  ]);
  const start = () => ec2.send(new StartInstancesCommand({ InstanceIds }));
  expect(await refusal(start())).toEqual({ code: 'IncorrectInstanceState', status: 400 });
  place.aws.clock.advance(minuteMs);
  expect((await shown(ec2, id))?.State?.Name).toBe('stopped');
  await start();
  place.aws.clock.advance(minuteMs);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  place.aws.clock.advance(minuteMs);
  expect((await shown(ec2, id))?.State?.Name).toBe('terminated');
  expect(await refusal(volume(ec2, root))).toEqual({ code: 'InvalidVolume.NotFound', status: 400 });
  expect(await volume(ec2, data)).toMatchObject({ State: 'available' });
  expect(await refusal(start())).toMatchObject({ code: 'IncorrectInstanceState' });
  const kept = await launch(place, { DisableApiTermination: true });
  const end = new TerminateInstancesCommand({ InstanceIds: [kept.id] });
  expect(await refusal(ec2.send(end))).toEqual({ code: 'OperationNotPermitted', status: 400 });
});

test('a volume is in a zone, at least as large as its snapshot, and attached once', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const ec2 = place.ec2();
  const { id: InstanceId, root, data } = await launch(place);
  const { SnapshotId } = await ec2.send(new CreateSnapshotCommand({ VolumeId: data }));
  aws.clock.advance(minuteMs);
  const make = async (more: object) =>
    (await ec2.send(new CreateVolumeCommand({ AvailabilityZone: zone, SnapshotId, ...more }))).VolumeId ?? '';
  expect(await refusal(make({ Size: 1 }))).toEqual({ code: 'InvalidParameterValue', status: 400 });
  expect(await refusal(make({ AvailabilityZone: 'mars-1a' }))).toEqual({ code: 'InvalidZone.NotFound', status: 400 });
  const [near, far] = [await make({ Size: 5 }), await make({ AvailabilityZone: `${home}b` })];
  const attach = (VolumeId: string, Device = '/dev/sdg') =>
    ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device }));
  expect(await refusal(attach(near))).toEqual({ code: 'IncorrectState', status: 400 });
  aws.clock.advance(minuteMs);
  expect(await refusal(attach(far))).toEqual({ code: 'InvalidVolume.ZoneMismatch', status: 400 });
  expect(await refusal(attach(near, '/dev/sdf'))).toMatchObject({ code: 'InvalidParameterValue' });
  expect(await attach(near)).toMatchObject({ State: 'attaching', Device: '/dev/sdg' });
  expect(await volume(ec2, near)).toMatchObject({ State: 'in-use', Size: 5, Attachments: [{ InstanceId }] });
  expect(await refusal(attach(near, '/dev/sdh'))).toEqual({ code: 'VolumeInUse', status: 400 });
  const detach = (VolumeId: string) => ec2.send(new DetachVolumeCommand({ VolumeId }));
  await detach(near);
  expect(await refusal(detach(near))).toEqual({ code: 'IncorrectState', status: 400 });
  expect(await refusal(detach(root))).toEqual({ code: 'OperationNotPermitted', status: 400 });
});

test('a root is replaced by one of its own lineage only, and stays unless it is to go', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const ec2 = place.ec2();
  const { id: InstanceId, root, data, instance } = await launch(place);
  await aws.ec2.writeBlock(home, root, 0, Buffer.from('good'));
  const take = async (VolumeId: string) => (await ec2.send(new CreateSnapshotCommand({ VolumeId }))).SnapshotId;
  const [of, other] = [await take(root), await take(data)];
  aws.clock.advance(minuteMs);
  const replace = (SnapshotId: string | undefined) =>
    ec2.send(new CreateReplaceRootVolumeTaskCommand({ InstanceId, SnapshotId }));
  expect(await refusal(replace(other))).toEqual({ code: 'InvalidParameterValue', status: 400 });
  const { ReplaceRootVolumeTask: task } = await replace(of);
  expect(task).toMatchObject({ TaskState: 'in-progress' });
  aws.clock.advance(minuteMs);
  const tasks = await ec2.send(new DescribeReplaceRootVolumeTasksCommand());
  expect(tasks.ReplaceRootVolumeTasks).toMatchObject([{ TaskState: 'succeeded', InstanceId }]);
  expect(await volume(ec2, root)).toMatchObject({ State: 'available' });
  const after = await shown(ec2, InstanceId);
  expect(after?.PrivateIpAddress).toBe(instance?.PrivateIpAddress);
  const fresh = after?.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === '/dev/xvda')?.Ebs?.VolumeId ?? '';
  expect((await aws.ec2.readBlock(home, fresh, 0))?.subarray(0, 4).toString()).toBe('good');
});

test('networks, zones, types and keys are each account its own', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  const other = place.ec2({ credentials: { ...place.user({}, otherAccount) } });
  const own = await ec2.send(new DescribeVpcsCommand());
  expect(own.Vpcs).toMatchObject([{ IsDefault: true, OwnerId: account }]);
  const theirs = await other.send(new DescribeVpcsCommand());
  expect(theirs.Vpcs).toMatchObject([{ OwnerId: otherAccount }]);
  const zones = await ec2.send(new DescribeAvailabilityZonesCommand());
  expect(zones.AvailabilityZones?.map(({ ZoneName }) => ZoneName)).toContain(zone);
  const types = await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['m7g.large'] }));
  expect(types.InstanceTypes).toMatchObject([{ ProcessorInfo: { SupportedArchitectures: ['arm64'] } }]);
  const missing = new DescribeKeyPairsCommand({ KeyNames: ['lost'] });
  expect(await refusal(ec2.send(missing))).toMatchObject({ code: 'InvalidKeyPair.NotFound' });
  place.aws.ec2.addPublicImage(home, 'plain');
  expect((await other.send(new DescribeImagesCommand({ Owners: ['amazon'] }))).Images).toHaveLength(1);
  expect((await other.send(new DescribeImagesCommand({ Owners: ['self'] }))).Images).toEqual([]);
});

test('tags are put on and taken off, and none that AWS keeps for itself', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  const { id, data } = await launch(place);
  const tag = (Key: string, Value: string) =>
    ec2.send(new CreateTagsCommand({ Resources: [id, data], Tags: [{ Key, Value }] }));
  await tag('a', '1');
  await tag('a', '2 & "3"');
  expect((await volume(ec2, data))?.Tags).toEqual([{ Key: 'a', Value: '2 & "3"' }]);
  expect(await refusal(tag('aws:x', '1'))).toMatchObject({ code: 'InvalidParameterValue' });
  const other = new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'else' }] });
  await ec2.send(other);
  expect((await shown(ec2, id))?.Tags).toHaveLength(1);
  await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'a' }] }));
  expect((await shown(ec2, id))?.Tags).toEqual([]);
});
